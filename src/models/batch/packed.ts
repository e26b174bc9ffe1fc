import { constant, type Dim, distances, gatherRows, input } from "../../graph/index.js";
import type { Batch, Features, Feed, Sequence } from "./batch.js";
import { gatheredForm } from "./form.js";
import { type LocalSizes, localForm, packLocal } from "./local.js";
import { neighbourOf, packNeighbours } from "./neighbours.js";

/** The values of a batch's inputs, under the names of the graph's inputs. */
export interface PackedBatch {
  readonly sizes: Readonly<Record<"tokens" | "batch" | "length" | "labelled", number>> & Partial<LocalSizes>;
  readonly feeds: readonly Feed[];
}

/** Returns the dims of a shape in a batch. A dim may be a product, such as `2*length`. */
export const dimsOf = (shape: readonly Dim[], { sizes }: PackedBatch): number[] =>
  shape.map((dim) => {
    if (typeof dim === "number") return dim;
    const factors = dim.split("*").map((each) => sizes[each as keyof typeof sizes] ?? Number(each));
    return factors.reduce((product, factor) => product * factor, 1);
  });

/** Returns the inputs of a graph that takes packed batches. */
function packedTensors({ heads, positionIds }: Features) {
  const int64 = (name: string, shape: readonly Dim[]) => input(name, "int64", shape);
  const float32 = (name: string, shape: readonly Dim[]) => input(name, "float32", shape);
  return {
    words: {
      indices: int64("inputIds", ["tokens"]),
      distinct: int64("distinctIds", ["distinctIds"]),
    },
    ...(positionIds && {
      positions: {
        indices: int64("positionIds", ["tokens"]),
        ...(positionIds.rotary !== true && {
          distinct: int64("distinctPositions", ["distinctPositions"]),
        }),
      },
    }),
    /**
     * For each position of the padded form the index of its row, where rows are numbered by token, then head. Padding has the
     * row of token 0.
     */
    padIndex: int64("padIndex", ["batch", heads, "length"]),
    /** 1 at tokens, 0 at padding. */
    padMask: float32("padMask", ["batch", 1, "length", 1]),
    /** For each row its index in the padded form, which is numbered by sequence, then head, then token. */
    unpadIndex: int64("unpadIndex", ["tokens", heads]),
    /** Added to attention scores: 0 at tokens, −10⁹ at padding. */
    attentionBias: float32("attentionBias", ["batch", 1, 1, "length"]),
    /**
     * The packed rows whose logits are needed; for each packed row its index among them (0 if it is not one of them); and 1 for
     * each packed row that is one of them, 0 for the others.
     */
    labelledIndex: int64("labelledIndex", ["labelled"]),
    labelledInverse: int64("labelledInverse", ["tokens"]),
    labelledMask: float32("labelledMask", ["tokens", 1]),
  };
}

/** Returns a packed batch whose tensors are inputs of the graph. {@link packBatch} makes their values. */
export function batchTensors(features: Features): Batch {
  const { heads, tokenTypes, farthest, reach, neighbours } = features;
  const tensors = packedTensors(features);
  const { words, positions } = tensors;
  const onlyType = constant([0], [1], "int64");
  const padded = { index: tensors.padIndex, inverse: tensors.unpadIndex };
  return {
    words,
    ...(positions && { positions }),
    ...(tokenTypes && { tokenTypes: { indices: onlyType, distinct: onlyType } }),
    whole: gatheredForm(heads, {
      queries: padded,
      keys: padded,
      queryMask: tensors.padMask,
      bias: tensors.attentionBias,
    }),
    ...(reach !== undefined && { local: localForm(heads) }),
    ...(neighbours !== undefined && { neighbour: neighbourOf(neighbours) }),
    ...(farthest !== undefined && { distances: distances(tensors.attentionBias, 3, farthest) }),
    labelled: (rows) =>
      gatherRows(rows, {
        index: tensors.labelledIndex,
        inverse: tensors.labelledInverse,
        mask: tensors.labelledMask,
      }),
  };
}

/**
 * Packs sequences one after the other and returns the values of the inputs that {@link batchTensors} creates.
 *
 * @param rowOf for a compact word-embedding table: the row of each id, −1 if the table has no row for it
 * @throws RangeError for an id without a row. This is a bug, because a run loads the rows of all ids that it uses
 */
export function packBatch(
  sequences: readonly Sequence[],
  { heads, positionIds, reach, neighbours }: Features,
  rowOf?: Int32Array,
): PackedBatch {
  const batch = sequences.length;
  const length = Math.max(...sequences.map(({ ids }) => ids.length));
  const tokens = sequences.reduce((total, { ids }) => total + ids.length, 0);
  const labelled = sequences.reduce((total, sequence) => total + sequence.labelled.length, 0);

  const inputIds = new BigInt64Array(tokens);
  const positions = new BigInt64Array(positionIds === undefined ? 0 : tokens);
  const padIndex = BigInt64Array.from({ length: batch * heads * length }, (_, place) =>
    BigInt(Math.floor(place / length) % heads),
  );
  const padMask = new Float32Array(batch * length);
  const unpadIndex = new BigInt64Array(tokens * heads);
  const attentionBias = new Float32Array(batch * length).fill(-1e9);
  const labelledIndex = new BigInt64Array(labelled);
  const labelledInverse = new BigInt64Array(tokens);
  const labelledMask = new Float32Array(tokens);

  const paddingId = positionIds?.paddingId ?? -1; // No token has the id −1.
  let row = 0;
  let label = 0;
  sequences.forEach(({ ids, labelled: wanted }, sequence) => {
    for (const token of wanted) {
      labelledIndex[label] = BigInt(row + token);
      labelledInverse[row + token] = BigInt(label);
      labelledMask[row + token] = 1;
      label++;
    }
    let position = paddingId + 1;
    for (let token = 0; token < ids.length; token++, row++) {
      const id = ids[token]!;
      const place = sequence * length + token;
      inputIds[row] = BigInt(rowOf === undefined ? id : rowOfId(rowOf, id));
      if (positionIds !== undefined) positions[row] = BigInt(id === paddingId ? paddingId : position++);
      padMask[place] = 1;
      for (let head = 0; head < heads; head++) {
        const placeOfHead = (sequence * heads + head) * length + token;
        padIndex[placeOfHead] = BigInt(row * heads + head);
        unpadIndex[row * heads + head] = BigInt(placeOfHead);
      }
      attentionBias[place] = 0;
    }
  });
  const distinctIds = BigInt64Array.from(new Set(inputIds));
  const distinctPositions = BigInt64Array.from(new Set(positions));
  const local = reach === undefined ? undefined : packLocal(sequences, heads, reach);
  return {
    sizes: { tokens, batch, length, labelled, ...local?.sizes },
    feeds: [
      { name: "inputIds", dims: [tokens], data: inputIds },
      { name: "distinctIds", dims: [distinctIds.length], data: distinctIds },
      ...(positionIds === undefined
        ? []
        : [
            { name: "positionIds", dims: [tokens], data: positions },
            ...(positionIds.rotary === true
              ? []
              : [{ name: "distinctPositions", dims: [distinctPositions.length], data: distinctPositions }]),
          ]),
      { name: "padIndex", dims: [batch, heads, length], data: padIndex },
      { name: "padMask", dims: [batch, 1, length, 1], data: padMask },
      { name: "unpadIndex", dims: [tokens, heads], data: unpadIndex },
      { name: "attentionBias", dims: [batch, 1, 1, length], data: attentionBias },
      { name: "labelledIndex", dims: [labelled], data: labelledIndex },
      { name: "labelledInverse", dims: [tokens], data: labelledInverse },
      { name: "labelledMask", dims: [tokens, 1], data: labelledMask },
      ...(local?.feeds ?? []),
      ...(neighbours === undefined ? [] : packNeighbours(sequences, neighbours)),
    ],
  };
}

function rowOfId(rowOf: Int32Array, id: number): number {
  const row = rowOf[id] ?? -1;
  if (row < 0) throw new RangeError(`The embedding of the id ${id} in a batch was not loaded`);
  return row;
}
