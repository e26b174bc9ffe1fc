import { NO_TAG, type Sentence, type TagScheme } from "../../text/sentence.js";
import { toScheme } from "../../text/tagSchemes.js";
import { tagsBad } from "../errors.js";
import type { LeftOut } from "../read/leftOut.js";
import { looksOutside, outsideOf } from "./outside.js";
import { plausibilityNotes } from "./plausibility.js";
import { prefixedTag, type Spelling, spellingName, spellingOf, usualSpelling } from "./spelling.js";
import type { CountedTag, TagCounts } from "./tagCounts.js";

/** The schemes that a user can name. BMEWO is read as BMES. */
export const TAG_SCHEMES = ["IOB1", "IOB2", "IOE", "IOBES", "BILOU", "BMES", "IO"] as const;
export type NamedScheme = (typeof TAG_SCHEMES)[number];

/** What to do with a tag that does not fit the others: refuse the data, read it as `O`, or leave its sentence out. */
export type BadTagPolicy = "error" | "O" | "drop";
export const BAD_TAG_POLICIES = ["error", "O", "drop"] as const satisfies readonly BadTagPolicy[];

/** How the tags of a data set are to be read. */
export interface TagReading {
  /** The scheme of the tags that {@link read} returns. */
  readonly scheme: TagScheme;
  /** The scheme and spelling of the file, for people: `BMES`, `IOB2 (TYPE_B)`. */
  readonly name: string;
  /** Tags that do not fit the scheme of the others, in the order in which they first occur. */
  readonly bad: readonly CountedTag[];
  /** What is odd about the tags as a whole, in whole sentences. */
  readonly notes: readonly string[];
  /** Number of words that do not count: they are neither trained on nor scored. */
  readonly uncounted: number;
  /** True if {@link read} returns every tag of the data as it is. */
  readonly spelledUsually: boolean;
  /** Returns a tag in the usual spelling, `B-PER`, `O` or `NO_TAG`; bad tags as `undefined`. */
  read(tag: string): string | undefined;
}

/**
 * Decides how tags are to be read, by what most of them are.
 *
 * @param asked the scheme, if the user names it
 */
export function tagReading(counts: TagCounts, asked?: NamedScheme): TagReading {
  const outside = outsideOf(counts.tags);
  const inside = counts.tags.filter(({ tag }) => tag !== outside);
  const recognised = inside.length === 0 ? usualSpelling : spellingOf(inside);
  const spelling =
    asked === "IO" ? undefined : (recognised ?? (asked === undefined ? undefined : usualSpelling));
  const known = new Map<string, string | undefined>(Array.from(counts.ignored, (tag) => [tag, NO_TAG]));
  if (outside !== undefined) known.set(outside, "O");
  const classes = new Set(inside.map(({ tag }) => tag));
  for (const { tag } of inside)
    known.set(tag, spelling === undefined ? classLabel(tag, classes, outside) : usualTag(tag, spelling));
  const bad = inside.filter(({ tag }) => known.get(tag) === undefined);
  const { scheme, name } =
    spelling === undefined ? { scheme: "IO" as const, name: "IO" } : schemeOf(counts, spelling, asked);
  return {
    scheme,
    name:
      spelling === undefined || spellingName(spelling) === spellingName(usualSpelling)
        ? name
        : `${name} (${spellingName(spelling)})`,
    bad,
    spelledUsually: [...known].every(([tag, usual]) => usual === tag),
    uncounted: counts.uncounted,
    notes: plausibilityNotes(counts.tags, { outside, scheme, read: (tag) => known.get(tag) }),
    read: (tag) => known.get(tag),
  };
}

/** `undefined` for a tag that is none: `o` beside `O`, and `B-PER` beside `PER`. */
function classLabel(
  tag: string,
  classes: ReadonlySet<string>,
  outside: string | undefined,
): string | undefined {
  if (outside !== undefined && looksOutside(tag)) return undefined;
  const read = prefixedTag(tag, usualSpelling);
  return read !== undefined && read.prefix !== "I" && read.type !== "" && classes.has(read.type)
    ? undefined
    : tag;
}

/** M is another letter for I, and W for S. */
const USUAL: Readonly<Record<string, string>> = { M: "I", W: "S" };

function usualTag(tag: string, spelling: Spelling): string | undefined {
  const read = prefixedTag(tag, spelling);
  if (read === undefined) return undefined;
  const prefix = USUAL[read.prefix] ?? read.prefix;
  return read.type === "" ? prefix : `${prefix}-${read.type}`;
}

/**
 * Recognises the scheme. `L` or `U` means BILOU, `M` or `W` BMES, `E` or `S` IOBES, or IOE if nothing marks a beginning. If
 * there are only `B` and `I`, it is IOB1 if more entities begin with `I` than with a `B` that separates nothing.
 */
function schemeOf(
  counts: TagCounts,
  spelling: Spelling,
  asked: NamedScheme | undefined,
): { readonly scheme: TagScheme; readonly name: string } {
  const reads = new Map(counts.tags.map(({ tag }) => [tag, prefixedTag(tag, spelling)]));
  const prefixes = new Set([...reads.values()].flatMap((read) => (read === undefined ? [] : [read.prefix])));
  const has = (letters: string) => [...letters].some((letter) => prefixes.has(letter));
  if (asked !== undefined) return { scheme: READ_AS[asked], name: asked };
  const named = [has("LU") && "BILOU", has("MW") && "BMES", has("ES") && !has("M") && "IOBES"].filter(
    (name) => name !== false,
  );
  if (named.length > 1) return { scheme: "IOBES", name: `${named.join(" and ")} mixed` };
  if (has("E") && !has("BSLUMW")) return { scheme: READ_AS.IOE, name: "IOE" };
  const [only] = named;
  if (only !== undefined) return { scheme: READ_AS[only as NamedScheme], name: only };
  let begunInside = 0;
  let begunFreely = 0;
  for (const { before, tag, count } of counts.pairs()) {
    const read = reads.get(tag);
    if (read === undefined) continue;
    const previous = before === undefined ? undefined : reads.get(before);
    if (previous !== undefined && previous.type === read.type) continue;
    if (read.prefix === "I") begunInside += count;
    else begunFreely += count;
  }
  const scheme = begunInside > begunFreely ? "IOB1" : "IOB2";
  return { scheme, name: scheme };
}

/** An end also ends an entity in IOB1's reading, which nothing violates: IOE is read so. */
const READ_AS: Readonly<Record<NamedScheme, TagScheme>> = {
  IOB1: "IOB1",
  IOB2: "IOB2",
  IOE: "IOB1",
  IOBES: "IOBES",
  BILOU: "BILOU",
  BMES: "IOBES",
  IO: "IO",
};

/** Returns a sentence with its tags in IOB2, or class labels; `undefined` if the policy leaves it out. */
export function inUsualTags(
  sentence: Sentence,
  reading: TagReading,
  policy: BadTagPolicy,
  leftOut?: LeftOut,
): Sentence | undefined {
  const read = sentence.tags.map((tag) => reading.read(tag) ?? "O");
  const bad =
    reading.bad.length === 0 ? 0 : sentence.tags.filter((tag) => reading.read(tag) === undefined).length;
  if (bad > 0 && policy === "drop") {
    leftOut?.detail("sentence with a bad tag", 1, "sentences with bad tags");
    return undefined;
  }
  leftOut?.detail("bad tag", bad);
  const { scheme } = reading;
  const tags = scheme === "IO" || scheme === "IOB2" ? read : toScheme(read, scheme, "IOB2");
  return { ...sentence, tags };
}

/** @throws NeriumError DATA_TAGS_BAD if there are bad tags and the policy is `error` */
export function requireGoodTags(reading: TagReading, policy: BadTagPolicy): void {
  if (policy === "error" && reading.bad.length > 0) throw tagsBad(reading.bad, reading.name);
}
