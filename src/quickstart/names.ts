import * as parts from "./nameParts.js";
import type { Random } from "./random.js";

export type EntityType = "PER" | "ORG" | "LOC" | "PROD" | "EVENT";

/** The full form of a name, and the forms that later mentions use. */
export interface Name {
  readonly type: EntityType;
  readonly full: string;
  readonly short: readonly string[];
}

/** Makes new names for one part of the corpus. */
export interface Names {
  person(): Name;
  company(): Name;
  /** A ministry, a police force, or a body known by its initials. */
  agency(): Name;
  /** A university, a museum, or a hospital. */
  institution(): Name;
  /** A sports club, which is often called by the name of its place. */
  club(): Name;
  place(): Name;
  product(): Name;
  tournament(): Name;
  festival(): Name;
  /** Such as a battle or a treaty. */
  pastEvent(): Name;
  storm(): Name;
}

type Part = keyof typeof parts;

/** The name parts of training, validation or test. */
export type NameParts = (key: Part) => readonly string[];

/**
 * How often a made-up name in validation or test begins like one of training; the other beginnings never
 * occur there.
 */
const SHARED = 0.5;

/**
 * What all parts of the corpus share: endings, which show what a name may be, and names of the real world,
 * which nobody could recognise from the text alone. The rest, the beginnings of made-up names, is divided
 * among the parts.
 */
const common: ReadonlySet<string> = new Set([
  "sharedEndings",
  "placeEndings",
  "familyEndings",
  "givenEndings",
  "brandEndings",
  "realGiven",
  "realPlaces",
  "ambiguousGiven",
  "ambiguousFamily",
  "ambiguousPlaces",
  "everydayBrands",
]);

/** Divides the name parts: 3/5 for training, 1/5 each for validation and test. */
export function dealNameParts(random: Random): Record<"train" | "validation" | "test", NameParts> {
  const lists = new Map<string, string[]>();
  // In the order of the alphabet, also where a bundler or test runner builds the object of a module's exports itself.
  for (const [key, words] of Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)))
    lists.set(key, random.shuffled([...new Set(words.trim().split(/\s+/))]));
  const deal =
    (from: number, to: number): NameParts =>
    (key) => {
      const list = lists.get(key)!;
      return common.has(key)
        ? list
        : list.slice(Math.floor(list.length * from), Math.floor(list.length * to));
    };
  return { train: deal(0, 0.6), validation: deal(0.6, 0.8), test: deal(0.8, 1) };
}

/**
 * Makes names from `own` parts. If `known` parts are given, the share `SHARED` of the parts comes from them.
 */
export function namesFrom(own: NameParts, known: NameParts | undefined, random: Random): Names {
  const part = (key: Part): string =>
    random.pick((known !== undefined && random.chance(SHARED) ? known : own)(key));
  const joined = (start: Part, ...ends: Part[]) => part(start) + part(random.pick(ends));
  const oneOf = (...choices: readonly [number, () => string][]): string => {
    let ticket = random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of choices) {
      if (ticket < weight) return make();
      ticket -= weight;
    }
    throw new RangeError("no choice");
  };

  const given = () =>
    oneOf(
      [4, () => part("realGiven")],
      [4, () => joined("givenStarts", "givenEndings")],
      [2, () => part("ambiguousGiven")],
    );
  const family = () =>
    oneOf(
      [5, () => joined("stems", "familyEndings")],
      [5, () => joined("stems", "sharedEndings")],
      [2, () => part("ambiguousFamily")],
    );
  const place = () =>
    oneOf(
      [3, () => joined("stems", "placeEndings")],
      [4, () => joined("stems", "sharedEndings")],
      [3, () => part("realPlaces")],
      [2, () => part("ambiguousPlaces")],
    );
  const brand = () =>
    oneOf(
      [6, () => joined("brandStarts", "brandEndings")],
      [2, () => joined("stems", "sharedEndings")],
      [1, () => part("everydayBrands")],
      [1, family],
    );
  const initials = () =>
    Array.from({ length: 2 + random.below(2) }, () => "ABCDEFGHIKLMNOPRSTUVW"[random.below(21)]).join("");
  const year = () => String(1990 + random.below(40));

  return {
    person() {
      const [first, last] = [given(), family()];
      const middle = random.chance(0.1) ? ` ${"ABCDEFGHJKLMPRST"[random.below(16)]}.` : "";
      return { type: "PER", full: `${first}${middle} ${last}`, short: [last, last, `${first[0]}. ${last}`] };
    },
    company() {
      const name = brand();
      const full = oneOf(
        [
          4,
          () =>
            `${name} ${random.pick(["Inc", "Ltd", "Corp", "Group", "AG", "Holdings", "Systems", "Labs"])}`,
        ],
        [3, () => name],
        [1, () => `${family()} & ${random.pick(["Sons", "Partners", family()])}`],
        [1, () => `${place()} ${random.pick(["Airlines", "Motors", "Steel", "Insurance"])}`],
        [1, () => `Bank of ${place()}`],
        [1, initials],
      );
      return { type: "ORG", full, short: full.startsWith(`${name} `) ? [name] : [full] };
    },
    agency() {
      const full = oneOf(
        [2, () => `${place()} ${random.pick(["Police", "Port Authority", "City Council", "Fire Service"])}`],
        [1, () => `Ministry of ${random.pick(["Finance", "Health", "Transport", "Justice"])}`],
        [3, initials],
      );
      return { type: "ORG", full, short: [full] };
    },
    institution() {
      const home = random.pick([place, family])();
      const full = oneOf(
        [2, () => `University of ${place()}`],
        [3, () => `${home} ${random.pick(["University", "College", "Museum", "Institute", "Hospital"])}`],
        [1, () => home],
      );
      return { type: "ORG", full, short: [full] };
    },
    club() {
      const home = place();
      const full = `${home} ${random.pick(["United", "City", "Rovers", "FC", "Tigers", "Athletic", "Wanderers"])}`;
      return { type: "ORG", full, short: [home, home, full] };
    },
    place() {
      const name = place();
      const full = random.chance(0.1)
        ? `${random.pick(["New", "North", "South", "Port", "Lake", "Mount", "San"])} ${name}`
        : name;
      return { type: "LOC", full, short: [full] };
    },
    product() {
      const name = brand();
      const full = oneOf(
        [3, () => `${name} ${random.pick(["X", "S", "Pro", "Mini", "Max", "GT", "Air"])}`],
        [3, () => `${name} ${1 + random.below(9)}`],
        [1, () => `${name} ${"XVSTK"[random.below(5)]}${1 + random.below(90)}`],
        [2, () => name],
      );
      return { type: "PROD", full, short: [name, full] };
    },
    tournament: () =>
      event(
        oneOf(
          [3, () => `${place()} ${random.pick(["Open", "Marathon", "Grand Prix", "Cup", "Classic"])}`],
          [1, () => `${year()} ${place()} Games`],
          [1, () => `${brand()} ${random.pick(["Cup", "Trophy", "Masters"])}`],
          [1, () => `World ${random.pick(["Chess", "Rowing", "Cycling", "Judo"])} Championship`],
        ),
      ),
    festival: () =>
      event(
        oneOf(
          [
            3,
            () =>
              `${place()} ${random.pick(["Film Festival", "Festival", "Summit", "Book Fair", "Biennale"])}`,
          ],
          [1, () => `${year()} ${place()} ${random.pick(["Conference", "Expo", "Congress"])}`],
          [1, () => `${family()} ${random.pick(["Prize", "Awards"])}`],
        ),
      ),
    pastEvent: () => event(`${random.pick(["Battle", "Treaty", "Siege", "Congress"])} of ${place()}`),
    storm: () => event(`${random.pick(["Hurricane", "Storm", "Cyclone"])} ${given()}`),
  };
}

const event = (full: string): Name => ({ type: "EVENT", full, short: [full] });
