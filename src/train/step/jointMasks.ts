/**
 * Dropout masks of windows whose batch is divided among processes: those that one process would draw for the whole batch. So
 * a run with any number of processes drops the same values.
 */
import {
  type DropoutSite,
  dimsOf,
  elements,
  type Features,
  type FeedMemory,
  localCut,
  type PackedBatch,
  type Sequence,
} from "../../models/index.js";
import { dropoutMask, type StreamKey, VALUES_PER_COUNT } from "./keystream.js";

type Sizes = PackedBatch["sizes"];

/** How many rows of each kind a sequence has, or how many are before it. */
type Rows = Readonly<Record<"tokens" | "labelled" | "batch" | "groups", number>>;

/** The batch that several processes compute together, and the sequences of it that this one computes. */
export interface JointBatch {
  readonly sizes: Sizes;
  /** Keys before the first query of a group of local attention. */
  readonly before: number;
  /** The same of the part that this process computes. */
  readonly ownBefore: number;
  /** For each sequence of this process, in order: its rows, and those before it in the joint batch. */
  readonly members: readonly { readonly rows: Rows; readonly before: Rows }[];
}

/**
 * Describes a joint batch.
 *
 * @param own the indices of the sequences that this process computes
 */
export function jointBatch(
  sequences: readonly Sequence[],
  own: readonly number[],
  { reach }: Pick<Features, "reach">,
): JointBatch {
  const cutOf = (each: readonly Sequence[]) =>
    reach === undefined || each.length === 0
      ? undefined
      : localCut(
          each.map(({ ids }) => ids.length),
          reach,
        );
  const cut = cutOf(sequences);
  const ownCut = cutOf(own.map((index) => sequences[index]!));
  const none: Rows = { tokens: 0, labelled: 0, batch: 0, groups: 0 };
  let total = none;
  const all = sequences.map(({ ids, labelled }) => {
    const groups = cut === undefined ? 0 : Math.ceil(ids.length / cut.queries);
    const rows: Rows = { tokens: ids.length, labelled: labelled.length, batch: 1, groups };
    const before = total;
    total = {
      tokens: total.tokens + rows.tokens,
      labelled: total.labelled + rows.labelled,
      batch: total.batch + 1,
      groups: total.groups + groups,
    };
    return { rows, before };
  });
  const length = Math.max(0, ...sequences.map(({ ids }) => ids.length));
  const { tokens, labelled, batch } = total;
  return {
    sizes: { tokens, labelled, batch, length, ...cut },
    before: cut?.before ?? 0,
    ownBefore: ownCut?.before ?? 0,
    members: own.map((index) => all[index]!),
  };
}

/**
 * Draws the masks of this process's part of a joint batch.
 *
 * @param keyOf returns the key of the stream of a site, by its number
 */
export function drawJointMasks(
  memory: Pick<FeedMemory, "reserve">,
  sites: readonly DropoutSite[],
  packed: PackedBatch,
  joint: JointBatch,
  keyOf: (site: number) => StreamKey,
): void {
  sites.forEach(({ name, shape, probability }, site) => {
    const dims = dimsOf(shape, packed);
    const draw = (from: number, count: number) => drawn(probability, keyOf(site), from, count);
    memory.reserve(name, "uint8", dims).buffer.writeBytes(0, elements(dims), (mask) => {
      const rows = shape[0];
      if (rows === "tokens" || rows === "labelled")
        copyRows(mask, rows, elements(dims.slice(1)), joint, draw);
      else if (rows === "batch" || rows === "groups") {
        const whole = dimsOf(shape, { sizes: joint.sizes, feeds: [] });
        copyAttention(mask, rows, dims, whole, joint, draw);
      } else dropoutMask(mask, probability, keyOf(site));
    });
  });
}

type Draw = (from: number, count: number) => Uint8Array;

/** Returns `count` values of a mask from number `from`. */
function drawn(probability: number, key: StreamKey, from: number, count: number): Uint8Array {
  const skipped = from % VALUES_PER_COUNT;
  const values = new Uint8Array(skipped + count);
  dropoutMask(values, probability, key, from - skipped);
  return values.subarray(skipped);
}

function copyRows(
  mask: Uint8Array,
  kind: "tokens" | "labelled",
  width: number,
  { members }: JointBatch,
  draw: Draw,
): void {
  let at = 0;
  for (const { rows, before } of members) {
    const count = rows[kind] * width;
    mask.set(draw(before[kind] * width, count), at);
    at += count;
  }
}

/**
 * Masks of attention weights, `[groups, heads, queries, keys]`. The joint batch has more queries and keys in a group if it has
 * a longer sequence. A pair of tokens that attention does not see has no place there: its value does not matter.
 */
function copyAttention(
  mask: Uint8Array,
  kind: "batch" | "groups",
  [, heads, queries, keys]: readonly number[],
  [, , jointQueries, jointKeys]: readonly number[],
  { members, before: jointBefore, ownBefore }: JointBatch,
  draw: Draw,
): void {
  const [before, beforeJoint] = kind === "batch" ? [0, 0] : [ownBefore, jointBefore];
  const size = heads! * jointQueries! * jointKeys!;
  let at = 0;
  for (const { rows, before: earlier } of members) {
    const found = draw(earlier[kind] * size, rows[kind] * size);
    const groups = Math.ceil(rows.tokens / queries!);
    for (let group = 0; group < groups; group++) {
      for (let head = 0; head < heads!; head++) {
        for (let query = 0; query < queries!; query++, at += keys!) {
          const token = group * queries! + query;
          const jointGroup = Math.floor(token / jointQueries!);
          const shift = group * queries! - before - (jointGroup * jointQueries! - beforeJoint);
          const row =
            ((jointGroup * heads! + head) * jointQueries! + (token - jointGroup * jointQueries!)) *
            jointKeys!;
          // Keys that the joint group has, too. The other values stay what they were.
          const [from, to] = [Math.max(0, -shift), Math.min(keys!, jointKeys! - shift)];
          if (token < rows.tokens && from < to)
            mask.set(found.subarray(row + from + shift, row + to + shift), at + from);
        }
      }
    }
  }
}
