import { type Dim, input } from "../../graph/index.js";
import type { AttentionForm, Feed, Sequence } from "./batch.js";
import { gatheredForm } from "./form.js";

/** Queries of a group at least, so that its matrices are not too small to be multiplied fast. */
const QUERIES = 64;

/**
 * Returns the form of attention in which a token sees those that are at most `reach` away, as inputs of a graph of packed
 * batches. {@link packLocal} makes their values.
 *
 * A group consists of some queries that follow each other, and of the keys that any of them sees. Keys are therefore in up to
 * `copies` groups. Time and memory grow with the number of tokens, not with its square.
 */
export function localForm(heads: number): AttentionForm {
  const int64 = (name: string, shape: readonly Dim[]) => input(name, "int64", shape);
  const float32 = (name: string, shape: readonly Dim[]) => input(name, "float32", shape);
  return gatheredForm(heads, {
    queries: {
      index: int64("localQueryIndex", ["groups", heads, "queries"]),
      inverse: int64("localQueryInverse", ["tokens", heads]),
    },
    queryMask: float32("localQueryMask", ["groups", 1, "queries", 1]),
    keys: {
      index: int64("localKeyIndex", ["groups", heads, "keys"]),
      inverse: int64("localKeyInverse", ["copies", "tokens", heads]),
      mask: float32("localKeyMask", ["copies", "tokens", 1, 1]),
    },
    bias: float32("localBias", ["groups", 1, "queries", "keys"]),
  });
}

/** Sizes of the inputs of {@link localForm}. */
export type LocalSizes = Readonly<Record<"groups" | "queries" | "keys" | "copies", number>>;

/** How sequences are cut into groups. */
export interface LocalCut extends LocalSizes {
  /** Keys before the first query of a group. */
  readonly before: number;
}

/**
 * Returns how sequences of these lengths are cut into groups. If the longest one is not much longer than the keys of a
 * group would be, each sequence is one group.
 */
export function localCut(lengths: readonly number[], reach: number): LocalCut {
  const longest = Math.max(...lengths);
  const block = Math.max(QUERIES, reach);
  const whole = longest <= block + 2 * reach;
  const queries = whole ? longest : block;
  const keys = whole ? longest : block + 2 * reach;
  const groups = lengths.reduce((total, length) => total + Math.ceil(length / queries), 0);
  return { groups, queries, keys, copies: Math.ceil(keys / queries), before: whole ? 0 : reach };
}

/** Returns the values of the inputs of {@link localForm}. */
export function packLocal(
  sequences: readonly Sequence[],
  heads: number,
  reach: number,
): { readonly sizes: LocalSizes; readonly feeds: readonly Feed[] } {
  const lengths = sequences.map(({ ids }) => ids.length);
  const { groups, queries, keys, copies, before } = localCut(lengths, reach);
  const tokens = lengths.reduce((total, length) => total + length, 0);

  const queryIndex = new BigInt64Array(groups * heads * queries);
  const queryInverse = new BigInt64Array(tokens * heads);
  const queryMask = new Float32Array(groups * queries);
  const keyIndex = new BigInt64Array(groups * heads * keys);
  const keyInverse = new BigInt64Array(copies * tokens * heads);
  const keyMask = new Float32Array(copies * tokens);
  const bias = new Float32Array(groups * queries * keys).fill(-1e9);

  let firstRow = 0;
  let group = 0;
  const copiesOf = new Uint8Array(tokens);
  for (const length of lengths) {
    for (let first = 0; first < length; first += queries, group++) {
      for (let query = 0; query < Math.min(queries, length - first); query++) {
        const row = firstRow + first + query;
        queryMask[group * queries + query] = 1;
        for (let head = 0; head < heads; head++) {
          const place = (group * heads + head) * queries + query;
          queryIndex[place] = BigInt(row * heads + head);
          queryInverse[row * heads + head] = BigInt(place);
        }
        const seen = (group * queries + query) * keys;
        const from = Math.max(0, first + query - reach);
        const to = Math.min(length - 1, first + query + reach);
        const shift = before - first;
        bias.fill(0, seen + from + shift, seen + to + shift + 1);
      }
      for (let key = 0; key < keys; key++) {
        const at = first - before + key;
        if (at < 0 || at >= length) continue;
        const row = firstRow + at;
        const copy = copiesOf[row]!++;
        keyMask[copy * tokens + row] = 1;
        for (let head = 0; head < heads; head++) {
          const place = (group * heads + head) * keys + key;
          keyIndex[place] = BigInt(row * heads + head);
          keyInverse[(copy * tokens + row) * heads + head] = BigInt(place);
        }
      }
    }
    firstRow += length;
  }
  return {
    sizes: { groups, queries, keys, copies },
    feeds: [
      { name: "localQueryIndex", dims: [groups, heads, queries], data: queryIndex },
      { name: "localQueryInverse", dims: [tokens, heads], data: queryInverse },
      { name: "localQueryMask", dims: [groups, 1, queries, 1], data: queryMask },
      { name: "localKeyIndex", dims: [groups, heads, keys], data: keyIndex },
      { name: "localKeyInverse", dims: [copies, tokens, heads], data: keyInverse },
      { name: "localKeyMask", dims: [copies, tokens, 1, 1], data: keyMask },
      { name: "localBias", dims: [groups, 1, queries, keys], data: bias },
    ],
  };
}
