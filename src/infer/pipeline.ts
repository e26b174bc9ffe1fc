import { asyncDisposal } from "../node20.js";
import { requireArgument, requireOptions } from "../options.js";
import type { Context } from "../tasks/tokenClassification/index.js";
import { splitWords, type TextWord, type WordRules } from "../text/index.js";
import type { Analysis } from "./analysis.js";
import type { Entity } from "./entities.js";
import { pipelineDisposed } from "./errors.js";
import { type InputText, inputText, type NerInput } from "./inputs.js";
import {
  type FineTuned,
  folderNamed,
  MODEL_OPTIONS,
  type ModelOptions,
  type NamingOptions,
  openModel,
} from "./model.js";
import { inCodePoints } from "./offsets.js";
import { type EntityWith, type NerOptions, type ResolvedOptions, resolvedOptions } from "./options.js";
import { pythonEntities } from "./pythonEntities.js";
import { readAhead } from "./readAhead.js";
import type { ReadingOptions } from "./reading.js";
import { wholeWordEntities } from "./wholeWords.js";

/** How to load a model, and how it reads texts. */
export interface LoadOptions extends ModelOptions, NamingOptions, ReadingOptions {}

/**
 * Finds named entities in texts, which may be as long as books. Calls can overlap; each returns what it would return alone.
 *
 * Calls throw NeriumError INFER_INPUT_INVALID for an input that is neither a text nor words nor sentences,
 * PACKAGE_OPTION_UNKNOWN, PACKAGE_OPTION_INVALID and INFER_OPTION_INVALID for options, and INFER_DISPOSED
 * after `dispose()`. If a signal is aborted, they throw its reason.
 */
export interface Ner {
  /** Returns the entities of a text, or of given words, from left to right. */
  <const O extends NerOptions = object>(input: NerInput, options?: O): Promise<EntityWith<O>[]>;
  /** Returns the entities of several texts, in order. */
  <const O extends NerOptions = object>(inputs: readonly NerInput[], options?: O): Promise<EntityWith<O>[][]>;
  /**
   * Returns the entities of a text, and how it was read: the number of windows, and whether anything was cut
   * off.
   */
  analyze<const O extends NerOptions = object>(
    input: NerInput,
    options?: O,
  ): Promise<Analysis<EntityWith<O>>>;
  analyze<const O extends NerOptions = object>(
    inputs: readonly NerInput[],
    options?: O,
  ): Promise<Analysis<EntityWith<O>>[]>;
  /**
   * Yields analyses of texts as they arrive. Some texts are read ahead while others are processed: at most
   * 256 texts, or 64 Ki UTF-16 units plus one text. A slow consumer slows down the source.
   */
  stream<const O extends NerOptions = object>(
    inputs: AsyncIterable<NerInput> | Iterable<NerInput>,
    options?: O,
  ): AsyncGenerator<Analysis<EntityWith<O>>, void, undefined>;
  /** The model's labels in the order of their ids. */
  readonly labels: readonly string[];
  /** What is read together: sentences alone (`none`), or as much of a text as fits into a window (`document`). */
  readonly context: Context;
  /** Splits a text into the words that the model reads, which `Entity.words` counts. */
  splitWords(text: string): TextWord[];
  /** Waits for calls in progress, then frees all memory. Can be called more than once. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Limits for reading ahead: number of texts, and of their UTF-16 units. */
const TEXTS_AHEAD = 256;
const UNITS_AHEAD = 65_536;

/**
 * Loads a fine-tuned model.
 *
 * @example
 * const ner = await load("my-model");
 * for (const { type, text, start, end } of await ner("Angela Merkel visited Paris."))
 *   console.log(type, text, start, end);
 * await ner.dispose();
 *
 * @param name its folder, or, if there is no such folder, a name on the Hugging Face hub (`NAME` or
 *   `NAME@REVISION`)
 * @throws NeriumError `MODEL_…`, `TOKENIZE_…` and `RUNTIME_…` for files of the model; `HUB_…` for names on the
 *   hub; `PACKAGE_…`, INFER_OPTION_INVALID and INFER_LENGTH_BEYOND_MODEL for arguments and options
 */
export async function load(name: string, options: LoadOptions = {}): Promise<Ner> {
  requireArgument("load", "name", name, "a text");
  requireOptions("load", options, MODEL_OPTIONS);
  const model = await openModel(await folderNamed(name, options), options);
  const calls = new Calls(model);
  const rules = model.reading.words;

  async function analyze(
    input: NerInput | readonly NerInput[],
    given: NerOptions = {},
  ): Promise<Analysis | Analysis[]> {
    const wanted = resolvedOptions(model.labels, given, model.maxLength);
    if (Array.isArray(input))
      return calls.run(
        input.map((each, index) => inputText(each, rules, index)),
        wanted,
      );
    return (await calls.run([inputText(input, rules)], wanted))[0]!;
  }

  async function call(
    input: NerInput | readonly NerInput[],
    given: NerOptions = {},
  ): Promise<readonly Entity[] | (readonly Entity[])[]> {
    const found = await analyze(input, given);
    return Array.isArray(found) ? found.map(({ entities }) => entities) : found.entities;
  }

  async function* stream(
    inputs: AsyncIterable<NerInput> | Iterable<NerInput>,
    given: NerOptions = {},
  ): AsyncGenerator<Analysis, void, undefined> {
    const wanted = resolvedOptions(model.labels, given, model.maxLength);
    const enough = (read: readonly InputText[]) =>
      read.length >= TEXTS_AHEAD || read.reduce((units, { text }) => units + text.length, 0) >= UNITS_AHEAD;
    for await (const group of readAhead(inputTexts(inputs, rules), { enough, signal: wanted.signal }))
      yield* await calls.run(group, wanted);
  }

  const dispose = () => calls.end();
  const ner = Object.assign(call, {
    analyze,
    stream,
    labels: model.labels,
    context: model.reading.context,
    splitWords: (text: string) => splitWords(text, rules),
    dispose,
    ...asyncDisposal(dispose),
  }) as unknown as Ner;
  parts.set(ner, { model, run: (inputs, wanted) => calls.run(inputs, wanted) });
  return ner;
}

/** What a pipeline consists of. */
export interface NerParts {
  readonly model: FineTuned;
  /** @throws NeriumError INFER_DISPOSED; the signal's reason */
  run(inputs: readonly InputText[], wanted: ResolvedOptions): Promise<Analysis[]>;
}

const parts = new WeakMap<Ner, NerParts>();

/** Returns the parts of a pipeline; `undefined` if another copy of the package made it. */
export const partsOf = (ner: Ner): NerParts | undefined => parts.get(ner);

/** The calls in progress on a model. `end` disposes of the model after the last of them. */
class Calls {
  private readonly open = new Set<Promise<unknown>>();
  private ended: Promise<void> | undefined;

  constructor(private readonly model: FineTuned) {}

  async run(inputs: readonly InputText[], wanted: ResolvedOptions): Promise<Analysis[]> {
    wanted.signal?.throwIfAborted();
    if (this.ended !== undefined) throw pipelineDisposed(this.model.folder);
    const work = analyses(this.model, inputs, wanted);
    this.open.add(work);
    try {
      return await work;
    } finally {
      this.open.delete(work);
    }
  }

  end(): Promise<void> {
    this.ended ??= Promise.allSettled(this.open).then(() => this.model.dispose());
    return this.ended;
  }
}

async function analyses(
  model: FineTuned,
  inputs: readonly InputText[],
  wanted: ResolvedOptions,
): Promise<Analysis[]> {
  const { strategy, codePoints } = wanted;
  const found: Analysis[] =
    strategy === undefined
      ? await wholeWordEntities(model, inputs, wanted)
      : await pythonEntities(model, inputs, strategy, wanted);
  if (!codePoints) return found;
  return found.map((analysis) => ({
    ...analysis,
    entities: inCodePoints(analysis.text, analysis.entities),
  }));
}

async function* inputTexts(
  inputs: AsyncIterable<NerInput> | Iterable<NerInput>,
  rules: WordRules,
): AsyncGenerator<InputText, void, undefined> {
  let index = 0;
  for await (const input of inputs) yield inputText(input, rules, index++);
}
