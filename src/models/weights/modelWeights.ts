import { Owned } from "../../owned.js";
import { cpuEngine, type Engine, type StateBlock, type TensorView } from "../../runtime/index.js";
import type { TensorToWrite, Weights } from "../../safetensors/index.js";
import type { ModelConfig } from "../config.js";
import { parametersMissing, weightShape } from "../errors.js";
import { encoderOf } from "../families/index.js";
import type { Encoder } from "../family.js";
import { isOfHead, parameters } from "../heads/tokenClassification.js";
import { elements, type Parameter, storedParts } from "../parameter.js";
import { openWeights } from "./openWeights.js";
import { ParameterLayout } from "./parameters.js";

/** Rows of the word-embedding table read or written at once. */
const ROWS_AT_ONCE = 2048;

/** The rows of the word-embedding table that a training run loads: those of the ids that its sentences use. */
export interface CompactVocabulary {
  /** The ids in ascending order: row r of the compact table is the embedding of id `ids[r]`. */
  readonly ids: Int32Array;
  /** The row of each id of the whole vocabulary, −1 if it is not loaded. */
  readonly rowOf: Int32Array;
}

export function compactVocabulary(used: Iterable<number>, vocabularySize: number): CompactVocabulary {
  const ids = Int32Array.from(new Set(used)).sort();
  const rowOf = new Int32Array(vocabularySize).fill(-1);
  ids.forEach((id, row) => {
    rowOf[id] = row;
  });
  return { ids, rowOf };
}

/** What loading found apart from the weights themselves. */
export interface LoadReport {
  /** Tensors of the head that were not loaded, because the files lack them or a fresh head is wanted. They are zero. */
  readonly absent: readonly string[];
  /** Tensors of the files that the model does not use, such as a pooler or a language-model head, except `classifier.*`. */
  readonly leftOver: readonly string[];
}

/** Weights as they are at one moment. */
export interface WeightsMoment {
  /** Returns the floats of the block from one index up to another (exclusive), in one or more arrays. */
  readonly read: (from: number, to: number) => Iterable<Float32Array>;
  /** The factor for the rows that were not loaded. */
  readonly unusedRowDecay: number;
  /** The values of the model's conditional random field, if it has one. */
  readonly crf?: Float32Array | undefined;
}

/**
 * The weights of a model in one block of an engine, under Hugging Face's names.
 *
 * With a compact vocabulary the source file stays open: the rows that were not loaded are copied from it when the model is
 * written.
 */
export class ModelWeights {
  /** Rows that were not loaded are multiplied by this factor when written. It is their weight decay so far. */
  unusedRowDecay = 1;

  private constructor(
    readonly encoder: Encoder,
    readonly labels: number,
    readonly layout: ParameterLayout,
    /** The engine that computes with the weights. Graphs of other engines cannot use them. */
    readonly engine: Engine,
    readonly block: StateBlock,
    readonly vocabulary: CompactVocabulary | undefined,
    /** The files that the weights were loaded from. */
    readonly files: readonly string[],
    private source: Weights | undefined,
  ) {}

  /** Reads a folder's weights. A missing head is set to zero and reported; any other missing tensor is an error. */
  static async load(
    folder: string,
    config: ModelConfig,
    labels: number,
    options: {
      readonly vocabulary?: CompactVocabulary;
      readonly freshHead?: boolean;
      readonly engine?: Engine;
    } = {},
  ): Promise<{ weights: ModelWeights; report: LoadReport }> {
    const { vocabulary, engine = cpuEngine() } = options;
    return Owned.making(async (owned) => {
      const source = owned.own(await openWeights(folder), "close");
      const encoder = encoderOf(config);
      const layout = new ParameterLayout(parameters(encoder, labels, vocabulary?.ids.length));
      const block = owned.own(layout.allocate(engine), "free");
      const report = await read(source, folder, encoder, layout, block, options);
      const kept = vocabulary === undefined ? undefined : source;
      if (kept === undefined) await source.close();
      const { files } = source;
      const weights = new ModelWeights(encoder, labels, layout, engine, block, vocabulary, files, kept);
      return { weights, report };
    });
  }

  /**
   * Reads back weights that were written earlier.
   *
   * @param options.leftOut from now on, take the rows that are not in memory from this folder too
   */
  async restore(folder: string, options: { readonly leftOut?: boolean } = {}): Promise<void> {
    const { vocabulary } = this;
    const source = await Owned.making(async (owned) => {
      const opened = owned.own(await openWeights(folder), "close");
      const rows = vocabulary === undefined ? {} : { vocabulary };
      await read(opened, folder, this.encoder, this.layout, this.block, rows);
      return opened;
    });
    if (options.leftOut !== true || vocabulary === undefined) return source.close();
    const before = this.source;
    this.source = source;
    this.unusedRowDecay = 1;
    await before?.close();
  }

  /** Number of parameters of the model, including the rows that were not loaded. */
  get parameterCount(): number {
    const { layout, vocabularyRows } = this;
    const left = vocabularyRows.total - vocabularyRows.used;
    const held = layout.parameters.reduce((total, { shape }) => total + elements(shape), 0);
    return held + left * layout.vocabulary.shape[1]!;
  }

  /** Number of rows of the word-embedding table: in memory, and in total. */
  get vocabularyRows(): { readonly used: number; readonly total: number } {
    return { used: this.layout.vocabulary.shape[0]!, total: this.encoder.vocabularySize };
  }

  tensor(name: string): TensorView {
    return this.layout.tensor(this.block, name);
  }

  /** Returns a parameter's values, as {@link StateBlock.read} does. */
  values(name: string): Float32Array {
    return this.layout.values(this.block, name);
  }

  /** Replaces a parameter's values. */
  set(name: string, values: Float32Array): void {
    this.block.copyIn(this.layout.offset(name) * 4, values);
  }

  /**
   * Returns all tensors as a weight file contains them, including the rows that were not loaded. By default values are views of
   * the block, not copies, if it is in host memory. Only the table of a compact vocabulary is copied.
   *
   * @param moment defaults to the current weights at the time when each tensor is written
   */
  tensors(moment: WeightsMoment = this.now): readonly TensorToWrite[] {
    const { read } = moment;
    return this.layout.parameters.flatMap((parameter) => {
      const begin = this.layout.offset(parameter.name);
      if (parameter.isVocabulary) return [this.wholeVocabulary(parameter, begin, moment)];
      return storedParts(parameter).map(({ name, shape, from }) => ({
        name,
        shape,
        data: () => read(begin + from, begin + from + elements(shape)),
      }));
    });
  }

  private get now(): WeightsMoment {
    return {
      read: (from, to) => [this.block.read(from * 4, to - from)],
      unusedRowDecay: this.unusedRowDecay,
    };
  }

  private wholeVocabulary(
    table: Parameter,
    begin: number,
    { read, unusedRowDecay: leftOutFactor }: WeightsMoment,
  ): TensorToWrite {
    const { name } = table;
    const { vocabulary, source, encoder } = this;
    const shape = wholeShape(table, encoder);
    const [rows, hidden] = shape;
    if (vocabulary === undefined || source === undefined)
      return { name, shape, data: () => read(begin, begin + rows * hidden) };
    const stored = storedName(source, encoder, name)!;
    async function* chunks(): AsyncGenerator<Float32Array> {
      let row = 0;
      for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
        const chunk = new Float32Array(Math.min(ROWS_AT_ONCE, rows - first) * hidden);
        await source!.readInto(stored, chunk, { from: first * hidden });
        for (let at = 0; at < chunk.length && leftOutFactor !== 1; at++) chunk[at]! *= leftOutFactor;
        const firstRow = row;
        while (row < vocabulary!.ids.length && vocabulary!.ids[row]! < first + ROWS_AT_ONCE) row++;
        // The block holds the loaded rows in the order of their ids.
        let at = firstRow * hidden;
        for (const piece of read(begin + at, begin + row * hidden)) {
          for (let done = 0; done < piece.length; ) {
            const inRow = (at + done) % hidden;
            const length = Math.min(hidden - inRow, piece.length - done);
            const id = vocabulary!.ids[(at + done - inRow) / hidden]!;
            chunk.set(piece.subarray(done, done + length), (id - first) * hidden + inRow);
            done += length;
          }
          at += piece.length;
        }
        yield chunk;
      }
    }
    return { name, shape, data: chunks };
  }

  async dispose(): Promise<void> {
    const { source } = this;
    this.source = undefined;
    await Owned.during((owned) => {
      if (source !== undefined) owned.own(source, "close");
      owned.own(this.block, "free");
    });
  }
}

/** Returns the name that a parameter's tensor has in a file, or `undefined` if the file does not contain it. */
export const storedName = (source: Weights, encoder: Encoder, name: string): string | undefined =>
  (isOfHead(name) ? [name] : encoder.storedNames(name)).find((each) => source.tensors.has(each));

/** Returns the shape of the word-embedding table with all its rows. */
const wholeShape = ({ shape }: Parameter, { vocabularySize }: Encoder): readonly [number, number] => [
  vocabularySize,
  shape[1]!,
];

async function read(
  source: Weights,
  folder: string,
  encoder: Encoder,
  layout: ParameterLayout,
  block: StateBlock,
  {
    vocabulary,
    freshHead = false,
  }: { readonly vocabulary?: CompactVocabulary; readonly freshHead?: boolean },
): Promise<LoadReport> {
  const used = new Set<string>();
  const absent = { encoder: [] as string[], head: [] as string[] };
  for (const parameter of layout.parameters) {
    const { name, place, isVocabulary } = parameter;
    const begin = layout.offset(name);
    for (const part of storedParts(parameter)) {
      const isFresh = freshHead && isOfHead(name);
      const stored = isFresh ? undefined : storedName(source, encoder, part.name);
      if (stored === undefined) {
        absent[place === "head" ? "head" : "encoder"].push(part.name);
        continue;
      }
      used.add(stored);
      const shape = isVocabulary ? wholeShape(parameter, encoder) : part.shape;
      const got = source.tensors.get(stored)!.shape;
      if (got.join() !== shape.join()) throw weightShape(folder, stored, got, shape);
      await block.write((begin + part.from) * 4, elements(part.shape), (values) =>
        isVocabulary && vocabulary !== undefined
          ? readRows(source, stored, vocabulary, shape[1]!, values)
          : source.readInto(stored, values),
      );
    }
  }
  if (absent.encoder.length > 0) throw parametersMissing(folder, absent.encoder);
  const leftOver = [...source.tensors.keys()].filter(
    (name) => !used.has(name) && !encoder.ignores(name) && !isOfHead(name),
  );
  return { absent: absent.head, leftOver };
}

/** Reads the rows of a compact vocabulary. Rows of consecutive ids are read at once. */
async function readRows(
  source: Weights,
  name: string,
  { ids }: CompactVocabulary,
  hidden: number,
  destination: Float32Array,
): Promise<void> {
  for (let first = 0; first < ids.length; ) {
    let end = first + 1;
    while (end < ids.length && ids[end] === ids[end - 1]! + 1) end++;
    const rows = destination.subarray(first * hidden, end * hidden);
    await source.readInto(name, rows, { from: ids[first]! * hidden });
    first = end;
  }
}
