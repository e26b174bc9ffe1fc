import type { Entity } from "./entities.js";
import { inputInvalid, optionInvalid, pipelineDisposed } from "./errors.js";
import { type FineTuned, type ModelOptions, openModel } from "./model.js";
import { readAhead } from "./readAhead.js";
import { type TagTextsOptions, tagTexts } from "./tagTexts.js";

export type LoadOptions = ModelOptions;
export type NerOptions = TagTextsOptions;

/** A text of a stream with what was found in it. */
export interface TextEntities {
  readonly text: string;
  readonly entities: Entity[];
}

/**
 * Finds named entities in text of any length. Calls may overlap; each gives what it would give alone.
 *
 * Calls throw NeriumError INFER_INPUT_INVALID for what is no string, INFER_OPTION_INVALID, and INFER_DISPOSED after
 * `dispose()`; an aborted signal's reason as it is.
 */
export interface Ner {
  /** The entities of a text, from left to right. */
  (text: string, options?: NerOptions): Promise<Entity[]>;
  /** The entities of several texts, in their order. */
  (texts: readonly string[], options?: NerOptions): Promise<Entity[][]>;
  /**
   * The entities of texts as they come. Some texts are read ahead (at most 256, or 64 Ki UTF-16 units and one text)
   * while others are worked on; a consumer that takes its time holds the source up.
   */
  stream(
    texts: AsyncIterable<string> | Iterable<string>,
    options?: NerOptions,
  ): AsyncGenerator<TextEntities, void, undefined>;
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
 * Loads the folder of a fine-tuned model.
 *
 * @throws NeriumError as {@link openModel}
 */
export async function load(folder: string, options: LoadOptions = {}): Promise<Ner> {
  const model = await openModel(folder, options);
  const calls = new Calls(model);

  async function call(
    input: string | readonly string[],
    given: NerOptions = {},
  ): Promise<Entity[] | Entity[][]> {
    if (typeof input === "string") return (await calls.tag([input], given))[0]!;
    if (!Array.isArray(input)) throw inputInvalid(input);
    input.forEach(requireString);
    return calls.tag(input as readonly string[], given);
  }

  async function* stream(
    texts: AsyncIterable<string> | Iterable<string>,
    given: NerOptions = {},
  ): AsyncGenerator<TextEntities, void, undefined> {
    const enough = (read: readonly string[]) =>
      read.length >= TEXTS_AHEAD || read.reduce((units, { length }) => units + length, 0) >= UNITS_AHEAD;
    for await (const group of readAhead(strings(texts), { enough, signal: given.signal })) {
      const found = await calls.tag(group, given);
      for (const [index, text] of group.entries()) yield { text, entities: found[index]! };
    }
  }

  const dispose = () => calls.end();
  return Object.assign(call, {
    stream,
    labels: model.labels,
    dispose,
    ...(Symbol.asyncDispose === undefined ? {} : { [Symbol.asyncDispose]: dispose }),
  }) as Ner;
}

/** The calls under way on a model, which goes when the last of them has ended. */
class Calls {
  private readonly open = new Set<Promise<unknown>>();
  private ended: Promise<void> | undefined;

  constructor(private readonly model: FineTuned) {}

  async tag(texts: readonly string[], options: NerOptions): Promise<Entity[][]> {
    const { threshold = 0 } = options;
    if (!(threshold >= 0 && threshold <= 1))
      throw optionInvalid("threshold", threshold, "a number from 0 to 1");
    options.signal?.throwIfAborted();
    if (this.ended !== undefined) throw pipelineDisposed(this.model.folder);
    const work = tagTexts(this.model, texts, options);
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

function requireString(input: unknown, index: number): asserts input is string {
  if (typeof input !== "string") throw inputInvalid(input, index);
}

async function* strings(
  texts: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, undefined> {
  let index = 0;
  for await (const text of texts) {
    requireString(text, index++);
    yield text;
  }
}
