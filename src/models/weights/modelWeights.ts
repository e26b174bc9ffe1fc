import { Owned } from "../../owned.js";
import { cpuEngine, type Engine, type StateBlock, type TensorView } from "../../runtime/index.js";
import type { TensorToWrite, Weights } from "../../safetensors/index.js";
import type { ModelConfig } from "../config.js";
import { encoderOf } from "../families/index.js";
import type { Encoder } from "../family.js";
import { parameters } from "../heads/tokenClassification.js";
import { elements, type Parameter, storedParts } from "../parameter.js";
import type { CompactVocabulary } from "./compactVocabulary.js";
import { openWeights } from "./openWeights.js";
import { ParameterLayout } from "./parameters.js";
import { findTensors, type LoadReport, readTensors, storedName, wholeShape } from "./storedTensors.js";

/** Rows of the word-embedding table read or written at once. */
const ROWS_AT_ONCE = 2048;

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
    private place: StateBlock,
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
      // Before the memory is allocated: the sizes come from config.json, which may claim anything.
      const { found, report } = findTensors(source, folder, encoder, layout, options);
      const block = owned.own(layout.allocate(engine), "free");
      await readTensors(block, source, layout, found, vocabulary);
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
      const { found } = findTensors(opened, folder, this.encoder, this.layout);
      await readTensors(this.block, opened, this.layout, found, vocabulary);
      return opened;
    });
    if (options.leftOut !== true || vocabulary === undefined) return source.close();
    const before = this.source;
    this.source = source;
    this.unusedRowDecay = 1;
    await before?.close();
  }

  get block(): StateBlock {
    return this.place;
  }

  /** Copies the weights to another block of the engine, and frees theirs. No graph may use them yet. */
  moveTo(block: StateBlock): void {
    block.copyIn(0, this.place.read());
    this.place.free();
    this.place = block;
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
