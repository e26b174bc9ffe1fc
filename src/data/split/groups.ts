import { SHORTEST_DUPLICATE } from "../inspect/inspection.js";
import { sentenceHash } from "../inspect/sentenceHash.js";
import { type SplitUnit, stratified } from "./split.js";

/** A sentence of a unit. */
export interface UnitSentence {
  readonly unit: number;
  readonly words: readonly string[];
  /** True if the unit has no other sentence. Short sentences of larger units are not compared, because they repeat naturally. */
  readonly whole: boolean;
}

/** Which sentences must be in the same part: those that are nearly equal, only equal ones, or none. */
type Likeness = "near" | "equal" | "none";

/** The part of each unit, and how many sentences are like one of another part, which they are only if too many are alike. */
export interface GroupedParts {
  readonly parts: Int32Array;
  /** Number of groups of units. */
  readonly groups: number;
  readonly apart: number;
}

/**
 * Divides units as {@link stratified} does, but keeps units together that share a sentence, so that no sentence of one part is
 * also in another. Sentences that differ only in case, numbers and punctuation count as the same if they are long enough.
 *
 * If most units would be in one group, only equal sentences count, and then, unless a unit is a single sentence, none.
 *
 * @param sentences the sentences of all units. Iterated several times
 * @param single whether all units are single sentences
 */
export function groupedParts(
  units: readonly SplitUnit[],
  sentences: Iterable<UnitSentence>,
  {
    ratios,
    seed,
    single,
  }: { readonly ratios: readonly number[]; readonly seed: number; readonly single: boolean },
): GroupedParts {
  const levels: readonly Likeness[] = single ? ["near", "equal"] : ["near", "equal", "none"];
  const total = units.reduce((sum, { size }) => sum + size, 0);
  for (const likeness of levels) {
    const { groupOf, groups } = grouped(units, keysOf(sentences, likeness));
    const ofGroups = stratified(groups, ratios, seed);
    const isUsable =
      groups.every(({ size }) => size <= total / 2) && ratios.every((_, part) => ofGroups.includes(part));
    if (!isUsable && likeness !== levels.at(-1)) continue;
    const parts = groupOf.map((group) => ofGroups[group]!);
    const apart = likeness === "near" ? 0 : countApart(parts, keysOf(sentences, "near"));
    return { parts, groups: groups.length, apart };
  }
  throw new RangeError("the last level is always used");
}

interface Key {
  readonly unit: number;
  /** Equal for sentences that belong together. */
  readonly hash: number;
}

function* keysOf(sentences: Iterable<UnitSentence>, likeness: Likeness): Generator<Key> {
  if (likeness === "none") return;
  for (const { unit, words, whole } of sentences) {
    const isLong = words.length >= SHORTEST_DUPLICATE;
    if (isLong || whole)
      yield { unit, hash: sentenceHash(isLong && likeness === "near" ? [plain(words)] : words) };
  }
}

/** Returns a sentence in lower case, without punctuation, and with all numbers replaced by 0. */
export function plain(words: readonly string[]): string {
  const text = words.join(" ");
  const bare = text
    .toLowerCase()
    .replace(/\p{P}+/gu, "")
    .replace(/(?<![^ ])\p{Nd}+(?![^ ])/gu, "0")
    .replace(/ +/g, " ")
    .trim();
  return bare === "" ? text : bare;
}

/** Joins the units that have a key in common. Groups are in the order of their first units. */
function grouped(
  units: readonly SplitUnit[],
  keys: Iterable<Key>,
): { readonly groupOf: Int32Array; readonly groups: readonly SplitUnit[] } {
  const first = new Map<number, number>();
  const joined = Int32Array.from(units, (_, unit) => unit);
  const rootOf = (unit: number): number => {
    let root = unit;
    while (joined[root] !== root) {
      joined[root] = joined[joined[root]!]!;
      root = joined[root]!;
    }
    return root;
  };
  for (const { unit, hash } of keys) {
    const before = first.get(hash);
    if (before === undefined) first.set(hash, unit);
    else {
      const [a, b] = [rootOf(before), rootOf(unit)];
      joined[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const groupOf = new Int32Array(units.length);
  const groups: { size: number; entities: Map<string, number> }[] = [];
  for (const [unit, { size, entities }] of units.entries()) {
    const root = rootOf(unit);
    if (root === unit) {
      groupOf[unit] = groups.push({ size, entities: new Map(entities) }) - 1;
      continue;
    }
    groupOf[unit] = groupOf[root]!;
    const group = groups[groupOf[unit]]!;
    group.size += size;
    for (const [type, count] of entities) group.entities.set(type, (group.entities.get(type) ?? 0) + count);
  }
  return { groupOf, groups };
}

/** Returns how many sentences are like one of an earlier part. */
function countApart(parts: Int32Array, keys: Iterable<Key>): number {
  const met = new Map<number, { part: number; count: number }[]>();
  for (const { unit, hash } of keys) {
    const part = parts[unit]!;
    const known = met.get(hash) ?? [];
    met.set(hash, known);
    const own = known.find((each) => each.part === part);
    if (own === undefined) known.push({ part, count: 1 });
    else own.count++;
  }
  let apart = 0;
  for (const known of met.values()) {
    const earliest = Math.min(...known.map(({ part }) => part));
    for (const { part, count } of known) if (part !== earliest) apart += count;
  }
  return apart;
}
