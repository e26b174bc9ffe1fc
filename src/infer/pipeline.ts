import { asyncDisposal } from "../node20.js";
import type { Analysis } from "./analysis.js";
import type { Entity } from "./entities.js";
import { pipelineDisposed } from "./errors.js";
import { type InputText, inputText, type NerInput } from "./inputs.js";
import { type FineTuned, folderNamed, type ModelOptions, type NamingOptions, openModel } from "./model.js";
import { inCodePoints } from "./offsets.js";
import { type EntityWith, type NerOptions, type ResolvedOptions, resolvedOptions } from "./options.js";
import { pythonEntities } from "./pythonEntities.js";
import { readAhead } from "./readAhead.js";
import type { ReadingOptions } from "./reading.js";
import { wholeWordEntities } from "./wholeWords.js";

export interface LoadOptions extends ModelOptions, NamingOptions, ReadingOptions {}

/**
 * Finds named entities in text of any length. Calls may overlap; each gives what it would give alone.
 *
 * Calls throw NeriumError INFER_INPUT_INVALID for what is no text and no words, INFER_OPTION_INVALID,
 * INFER_OPTION_UNKNOWN, and INFER_DISPOSED after `dispose()`; an aborted signal's reason as it is.
 */
export interface Ner {
  /** The entities of a text or of a sentence's words, from left to right. */
  <const O extends NerOptions = object>(input: NerInput, options?: O): Promise<EntityWith<O>[]>;
  /** The entities of several texts, in their order. */
  <const O extends NerOptions = object>(inputs: readonly NerInput[], options?: O): Promise<EntityWith<O>[][]>;
  /** The entities of a text, and how it was read: windows, and whether anything was cut off. */
  analyze<const O extends NerOptions = object>(
    input: NerInput,
    options?: O,
  ): Promise<Analysis<EntityWith<O>>>;
  analyze<const O extends NerOptions = object>(
    inputs: readonly NerInput[],
    options?: O,
  ): Promise<Analysis<EntityWith<O>>[]>;
  /**
   * Analyses of texts as they come. Some texts are read ahead (at most 256, or 64 Ki UTF-16 units and one text)
   * while others are worked on; a consumer that takes its time holds the source up.
   */
  stream<const O extends NerOptions = object>(
    inputs: AsyncIterable<NerInput> | Iterable<NerInput>,
    options?: O,
  ): AsyncGenerator<Analysis<EntityWith<O>>, void, undefined>;
  /** The model's labels in the order of their ids. */
  readonly labels: readonly string[];
  /** Waits for calls under way, then gives all memory back. May be called again. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Texts read ahead, and their UTF-16 units. */
const TEXTS_AHEAD = 256;
const UNITS_AHEAD = 65_536;

/**
 * Loads a fine-tuned model.
 *
 * @param name its folder, or a name on the Hugging Face hub (`NAME` or `NAME@REVISION`) where there is no such folder
 * @throws NeriumError as {@link openModel}; `HUB_…`
 */
export async function load(name: string, options: LoadOptions = {}): Promise<Ner> {
  const model = await openModel(await folderNamed(name, options), options);
  const calls = new Calls(model);

  async function analyze(
    input: NerInput | readonly NerInput[],
    given: NerOptions = {},
  ): Promise<Analysis | Analysis[]> {
    const wanted = resolvedOptions(model.labels, given);
    if (Array.isArray(input)) return calls.run(input.map(inputText), wanted);
    return (await calls.run([inputText(input)], wanted))[0]!;
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
    const wanted = resolvedOptions(model.labels, given);
    const enough = (read: readonly InputText[]) =>
      read.length >= TEXTS_AHEAD || read.reduce((units, { text }) => units + text.length, 0) >= UNITS_AHEAD;
    for await (const group of readAhead(inputTexts(inputs), { enough, signal: wanted.signal }))
      yield* await calls.run(group, wanted);
  }

  const dispose = () => calls.end();
  return Object.assign(call, {
    analyze,
    stream,
    labels: model.labels,
    dispose,
    ...asyncDisposal(dispose),
  }) as unknown as Ner;
}

/** The calls under way on a model, which goes when the last of them has ended. */
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
): AsyncGenerator<InputText, void, undefined> {
  let index = 0;
  for await (const input of inputs) yield inputText(input, index++);
}
