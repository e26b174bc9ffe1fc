import { NASTY_TEXTS, NASTY_VALUES } from "./fragments.js";
import type { Random } from "./random.js";

/** JSON that may be written in ways no value can have: keys twice, numbers beyond all types, text that is no JSON. */
export type Json =
  | { readonly raw: string }
  | { readonly items: readonly Json[] }
  | { readonly entries: readonly (readonly [key: string, value: Json])[] };

export function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return { items: value.map(jsonOf) };
  if (typeof value !== "object" || value === null) return { raw: JSON.stringify(value) };
  return { entries: Object.entries(value).map(([key, each]) => [JSON.stringify(key), jsonOf(each)]) };
}

export function jsonText(json: Json): string {
  if ("raw" in json) return json.raw;
  if ("items" in json) return `[${json.items.map(jsonText).join(",")}]`;
  return `{${json.entries.map(([key, value]) => `${key}:${jsonText(value)}`).join(",")}}`;
}

/** Values beside each other, with their keys where they are an object's. */
type Children = readonly (readonly [key: string | undefined, value: Json])[];

const childrenOf = (json: Json): Children =>
  "raw" in json ? [] : "items" in json ? json.items.map((item) => [undefined, item]) : json.entries;

function withChildren(json: Json, children: Children): Json {
  if ("items" in json) return { items: children.map(([, value]) => value) };
  return { entries: children.map(([key, value], index) => [key ?? `"${index}"`, value]) };
}

function nested(json: Json, random: Random): Json {
  let outer = json;
  for (let depth = random.of([1, 2, 60, 130]); depth > 0; depth--)
    outer = random.chance(0.5) ? { items: [outer] } : { entries: [['"type"', outer]] };
  return outer;
}

/** A number near another: the next one, its double, its negative, with a fraction. */
function near(raw: string, random: Random): string {
  const value = Number(raw);
  if (Number.isNaN(value)) return random.of(NASTY_VALUES);
  return String(random.of([value + 1, value - 1, value * 2, -value, value + 0.5, value * 1e9, 0]));
}

type Edit = (children: Children, at: number, random: Random, donor: Json) => Children;

/** Characters of what an edit makes many of. */
const LONGEST = 200_000;

const EDITS: readonly Edit[] = [
  function remove(children, at) {
    return children.toSpliced(at, 1);
  },
  function double(children, at) {
    return children.toSpliced(at, 0, children[at]!);
  },
  function multiply(children, at, random) {
    const most = Math.ceil(LONGEST / jsonText(children[at]![1]).length);
    const count = Math.min(random.of([2, 30, 300]), most);
    return children.toSpliced(at, 0, ...Array(count).fill(children[at]!));
  },
  function retype(children, at, random) {
    return children.with(at, [children[at]![0], { raw: random.of(NASTY_VALUES) }]);
  },
  function vary(children, at, random) {
    const [key, value] = children[at]!;
    const raw = "raw" in value ? near(value.raw, random) : random.of(NASTY_VALUES);
    return children.with(at, [key, { raw }]);
  },
  function rename(children, at, random) {
    const name = random.chance(0.5) ? random.of(children)[0] : JSON.stringify(random.of(NASTY_TEXTS));
    return children.with(at, [name, children[at]![1]]);
  },
  function exchange(children, at, random) {
    const other = random.below(children.length);
    const [a, b] = [children[at]!, children[other]!];
    return children.with(at, [a[0], b[1]]).with(other, [b[0], a[1]]);
  },
  function transplant(children, at, random, donor) {
    return children.with(at, [children[at]![0], anyValue(donor, random)]);
  },
  function nest(children, at, random) {
    return children.with(at, [children[at]![0], nested(children[at]![1], random)]);
  },
  function empty() {
    return [];
  },
];

function anyValue(json: Json, random: Random): Json {
  const children = childrenOf(json);
  if (children.length === 0 || random.chance(0.3)) return json;
  return anyValue(random.of(children)[1], random);
}

/** A copy with one edit somewhere; what is not on the way to it is shared. */
export function mutateJson(json: Json, donor: Json, random: Random): Json {
  const children = childrenOf(json);
  if (children.length === 0) return { raw: random.of(NASTY_VALUES) };
  const at = random.below(children.length);
  const [key, value] = children[at]!;
  const goesDown = !("raw" in value) && childrenOf(value).length > 0 && random.chance(0.75);
  if (goesDown) return withChildren(json, children.with(at, [key, mutateJson(value, donor, random)]));
  return withChildren(json, random.of(EDITS)(children, at, random, donor));
}
