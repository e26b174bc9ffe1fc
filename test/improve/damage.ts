import { taggedRanges } from "../../src/data/spans/shapes.js";
import type { Sentence } from "../../src/text/index.js";

/** How the labels of a sentence were damaged. */
export type Damage = "type" | "boundary" | "dropped" | "added";

/** Random numbers in [0, 1) that are the same in each run. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const KINDS: readonly Damage[] = ["type", "boundary", "dropped", "added"];

/**
 * Damages the labels of some entities: a share of as many as there are entities, a quarter each of another type, another boundary,
 * a dropped entity, and an added one. No sentence is damaged twice. Tags are in IOB2.
 */
export function damaged(
  sentences: readonly Sentence[],
  { share, seed }: { readonly share: number; readonly seed: number },
): { readonly sentences: readonly Sentence[]; readonly damage: ReadonlyMap<number, Damage> } {
  const next = randomFrom(seed);
  const below = (count: number) => Math.floor(next() * count);
  const types = [
    ...new Set(sentences.flatMap(({ tags }) => taggedRanges(tags).map(({ type }) => type))),
  ].sort();
  const entities = sentences.reduce((sum, { tags }) => sum + taggedRanges(tags).length, 0);
  const wanted = Math.round(entities * share);
  const tagsOf = sentences.map(({ tags }) => [...tags]);
  const damage = new Map<number, Damage>();
  for (let tries = 0; damage.size < wanted && tries < 1000 * wanted; tries++) {
    const kind = KINDS[damage.size % KINDS.length]!;
    const at = below(sentences.length);
    if (damage.has(at)) continue;
    const changed = damagedTags(tagsOf[at]!, kind, types, below);
    if (changed === undefined) continue;
    tagsOf[at] = changed;
    damage.set(at, kind);
  }
  return { sentences: sentences.map((sentence, at) => ({ ...sentence, tags: tagsOf[at]! })), damage };
}

function damagedTags(
  tags: readonly string[],
  kind: Damage,
  types: readonly string[],
  below: (count: number) => number,
): string[] | undefined {
  const found = [...tags];
  const fill = (start: number, end: number, type: string | undefined) => {
    for (let word = start; word < end; word++)
      found[word] = type === undefined ? "O" : `${word === start ? "B" : "I"}-${type}`;
  };
  const spans = taggedRanges(tags);
  if (kind === "added") {
    const start = below(tags.length);
    const isFree = (word: number) => tags[word] === "O";
    if (!isFree(start) || tags[start + 1]?.startsWith("I-")) return undefined;
    fill(start, isFree(start + 1) && below(2) === 1 ? start + 2 : start + 1, types[below(types.length)]!);
    return found;
  }
  if (spans.length === 0) return undefined;
  const { first: start, last, type } = spans[below(spans.length)]!;
  const end = last + 1;
  if (kind === "dropped") fill(start, end, undefined);
  else if (kind === "type") {
    const others = types.filter((other) => other !== type);
    if (others.length === 0) return undefined;
    fill(start, end, others[below(others.length)]!);
  } else if (end - start > 1 && below(2) === 1) {
    fill(start, end, undefined);
    fill(start + 1, end, type);
  } else if (tags[end] === "O") fill(start, end + 1, type);
  else return undefined;
  return found;
}
