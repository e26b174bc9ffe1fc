import {
  constant,
  type DataType,
  type Dim,
  gatherRows,
  input,
  rematerialise,
  reshape,
  type Tensor,
} from "../../graph/index.js";

/** What a model needs of one sequence. */
export interface Sequence {
  /** Ids of its pieces, special ones included. */
  readonly ids: Int32Array;
  /** The pieces whose logits are wanted: indices into `ids`, ascending. */
  readonly labelled: Int32Array;
}

/** Which rows of an embedding table the pieces have, `int64[rows]` or `int64[1]` for all alike. */
export interface Lookup {
  readonly indices: Tensor;
  /** Each of them once, for the gradient; without it there is none. */
  readonly distinct?: Tensor;
}

/**
 * A batch as the forward pass sees it: rows, one a piece, which attention sees by sequence and head.
 *
 * {@link batchTensors} has rows for real pieces only; an exported model has one for each place of a padded batch.
 */
export interface Batch {
  readonly words: Lookup;
  readonly positions: Lookup;
  readonly tokenTypes: Lookup;
  /** Rows in the padded form: `[rows, hidden] → [batch, heads, length, hidden / heads]`. */
  splitHeads(rows: Tensor): Tensor;
  /** Back to rows: `[batch, heads, length, hidden / heads] → [rows, hidden]`. */
  mergeHeads(context: Tensor): Tensor;
  /** 0 at pieces, −10⁹ in the padding, added to attention scores: `float32[batch, 1, 1, length]`. */
  readonly attentionBias: Tensor;
  /** The rows whose logits are wanted. */
  labelled(rows: Tensor): Tensor;
}

/** The inputs of a graph that takes packed batches. */
interface PackedTensors {
  /** Rows of the word-embedding table, `int64[tokens]`, and each of them once. */
  readonly inputIds: Tensor;
  readonly distinctIds: Tensor;
  readonly positionIds: Tensor;
  readonly distinctPositions: Tensor;
  /**
   * For each place of the padded form the row that stands there, counted through tokens and heads; in the padding a row of
   * token 0. `int64[batch, heads, length]`
   */
  readonly padIndex: Tensor;
  /** 1 at places that hold a piece, 0 in the padding: `float32[batch, 1, length, 1]`. */
  readonly padMask: Tensor;
  /** For each row its place in the padded form, counted through batch, heads and length: `int64[tokens, heads]`. */
  readonly unpadIndex: Tensor;
  /** 0 at pieces, −10⁹ in the padding, added to attention scores: `float32[batch, 1, 1, length]`. */
  readonly attentionBias: Tensor;
  /** The packed rows whose logits are wanted, `int64[labelled]`; for each packed row its place among them, and 1 where it has one. */
  readonly labelledIndex: Tensor;
  readonly labelledInverse: Tensor;
  readonly labelledMask: Tensor;
}

/** The values of a batch's inputs, under the names that the graph gives them. */
export interface PackedBatch {
  readonly sizes: Readonly<Record<"tokens" | "batch" | "length" | "labelled", number>>;
  readonly feeds: readonly Feed[];
}

/** The dims that a shape has in a batch. */
export const dimsOf = (shape: readonly Dim[], { sizes }: PackedBatch): number[] =>
  shape.map((dim) => (typeof dim === "number" ? dim : sizes[dim as keyof typeof sizes]));

export interface Feed {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: BigInt64Array | Float32Array;
}

const inputs = (heads: number) =>
  ({
    inputIds: ["int64", ["tokens"]],
    distinctIds: ["int64", ["distinctIds"]],
    positionIds: ["int64", ["tokens"]],
    distinctPositions: ["int64", ["distinctPositions"]],
    padIndex: ["int64", ["batch", heads, "length"]],
    padMask: ["float32", ["batch", 1, "length", 1]],
    unpadIndex: ["int64", ["tokens", heads]],
    attentionBias: ["float32", ["batch", 1, 1, "length"]],
    labelledIndex: ["int64", ["labelled"]],
    labelledInverse: ["int64", ["tokens"]],
    labelledMask: ["float32", ["tokens", 1]],
  }) satisfies Record<keyof PackedTensors, readonly [DataType, readonly Dim[]]>;

/** How a model wants its batches. */
export interface Packing {
  /** Position of each sequence's first piece that is no padding. */
  readonly firstPosition: number;
  readonly heads: number;
}

/** A packed batch: its tensors are inputs of the graph, {@link packBatch} makes their values. */
export function batchTensors({ heads }: Packing): Batch {
  const tensors = Object.fromEntries(
    Object.entries(inputs(heads)).map(([name, [type, shape]]) => [name, input(name, type, shape)]),
  ) as unknown as PackedTensors;
  const onlyType = constant([0], [1], "int64");
  return {
    words: { indices: tensors.inputIds, distinct: tensors.distinctIds },
    positions: { indices: tensors.positionIds, distinct: tensors.distinctPositions },
    tokenTypes: { indices: onlyType, distinct: onlyType },
    splitHeads(rows) {
      const byHead = reshape(rows, ["tokens", heads, (rows.shape[1] as number) / heads]);
      return rematerialise(gatherRows(byHead, { index: tensors.padIndex, inverse: tensors.unpadIndex }));
    },
    mergeHeads(context) {
      const places = { index: tensors.unpadIndex, inverse: tensors.padIndex, mask: tensors.padMask };
      return reshape(gatherRows(context, places), ["tokens", heads * (context.shape[3] as number)]);
    },
    attentionBias: tensors.attentionBias,
    labelled: (rows) =>
      gatherRows(rows, {
        index: tensors.labelledIndex,
        inverse: tensors.labelledInverse,
        mask: tensors.labelledMask,
      }),
  };
}

/**
 * Sequences packed one after the other.
 *
 * @param rowOf for a compacted word-embedding table: the row of each id, −1 where it has none
 * @throws RangeError for an id without a row: a defect, since a run loads the rows of all ids that it will meet
 */
export function packBatch(
  sequences: readonly Sequence[],
  { firstPosition, heads }: Packing,
  rowOf?: Int32Array,
): PackedBatch {
  const batch = sequences.length;
  const length = Math.max(...sequences.map(({ ids }) => ids.length));
  const tokens = sequences.reduce((total, { ids }) => total + ids.length, 0);
  const labelled = sequences.reduce((total, sequence) => total + sequence.labelled.length, 0);

  const inputIds = new BigInt64Array(tokens);
  const positionIds = new BigInt64Array(tokens);
  const padIndex = BigInt64Array.from({ length: batch * heads * length }, (_, place) =>
    BigInt(Math.floor(place / length) % heads),
  );
  const padMask = new Float32Array(batch * length);
  const unpadIndex = new BigInt64Array(tokens * heads);
  const attentionBias = new Float32Array(batch * length).fill(-1e9);
  const labelledIndex = new BigInt64Array(labelled);
  const labelledInverse = new BigInt64Array(tokens);
  const labelledMask = new Float32Array(tokens);

  // A family whose positions begin behind its padding's id gives padding that position wherever it stands, even as a piece
  // of the text, and does not count it. For BERT, −1: no id.
  const padding = firstPosition - 1;
  let row = 0;
  let label = 0;
  sequences.forEach(({ ids, labelled: wanted }, sequence) => {
    for (const piece of wanted) {
      labelledIndex[label] = BigInt(row + piece);
      labelledInverse[row + piece] = BigInt(label);
      labelledMask[row + piece] = 1;
      label++;
    }
    let position = firstPosition;
    for (let piece = 0; piece < ids.length; piece++, row++) {
      const id = ids[piece]!;
      const place = sequence * length + piece;
      inputIds[row] = BigInt(rowOf === undefined ? id : rowOfId(rowOf, id));
      positionIds[row] = BigInt(id === padding ? padding : position++);
      padMask[place] = 1;
      for (let head = 0; head < heads; head++) {
        const placeOfHead = (sequence * heads + head) * length + piece;
        padIndex[placeOfHead] = BigInt(row * heads + head);
        unpadIndex[row * heads + head] = BigInt(placeOfHead);
      }
      attentionBias[place] = 0;
    }
  });
  const distinctIds = BigInt64Array.from(new Set(inputIds));
  const distinctPositions = BigInt64Array.from(new Set(positionIds));
  return {
    sizes: { tokens, batch, length, labelled },
    feeds: [
      { name: "inputIds", dims: [tokens], data: inputIds },
      { name: "distinctIds", dims: [distinctIds.length], data: distinctIds },
      { name: "positionIds", dims: [tokens], data: positionIds },
      { name: "distinctPositions", dims: [distinctPositions.length], data: distinctPositions },
      { name: "padIndex", dims: [batch, heads, length], data: padIndex },
      { name: "padMask", dims: [batch, 1, length, 1], data: padMask },
      { name: "unpadIndex", dims: [tokens, heads], data: unpadIndex },
      { name: "attentionBias", dims: [batch, 1, 1, length], data: attentionBias },
      { name: "labelledIndex", dims: [labelled], data: labelledIndex },
      { name: "labelledInverse", dims: [tokens], data: labelledInverse },
      { name: "labelledMask", dims: [tokens, 1], data: labelledMask },
    ],
  };
}

function rowOfId(rowOf: Int32Array, id: number): number {
  const row = rowOf[id] ?? -1;
  if (row < 0) throw new RangeError(`A batch has the id ${id}, whose embedding was not loaded`);
  return row;
}
