import { argumentInvalid } from "../errors.js";
import type { Ner } from "../infer/index.js";
import { checkTextLength } from "../text/index.js";
import { type RedactedEntity, type Rewriter, rewritten } from "./document.js";
import { Finder } from "./finder.js";
import type { BlockReader } from "./formats/block.js";
import { readerOf } from "./formats/index.js";
import { Numbering } from "./operators/numbering.js";
import { Replacer } from "./operators/replacer.js";
import { type RedactOptions, type RedactSettings, redactSettings } from "./options.js";
import { encryptedMap } from "./tokens.js";

/** A text with what is sensitive in it replaced. */
export interface Redaction {
  readonly text: string;
  /** What was found, from left to right. */
  readonly entities: readonly RedactedEntity[];
  /** The placeholders and their values, encrypted, if `map` is set. For several texts, each has the same. */
  readonly map?: string;
}

/**
 * Finds names and numbers in a text and puts something else in their place. The entities of the model are joined with
 * patterns that have check digits or are parsed as a whole. What a checked pattern finds comes before what the model
 * finds, and longer findings before shorter ones.
 *
 * @example
 * const ner = await load("my-model");
 * const { text } = await redact(ner, "Anna Smith paid with 4111 1111 1111 1111.");
 * console.log(text); // "[PERSON_1] paid with [CREDIT_CARD_1]."
 *
 * @param ner a model, or `undefined` for patterns alone
 * @throws NeriumError `REDACT_…` and `PACKAGE_…` for options; TEXT_TOO_LONG; and what a call of `ner` throws. No error
 *   contains anything of the text.
 */
export function redact(ner: Ner | undefined, text: string, options?: RedactOptions): Promise<Redaction>;
/** Redacts several texts. With `numbers: "all"`, placeholders have the same numbers in all of them. */
export function redact(
  ner: Ner | undefined,
  texts: readonly string[],
  options?: RedactOptions,
): Promise<Redaction[]>;
export async function redact(
  ner: Ner | undefined,
  input: string | readonly string[],
  options: RedactOptions = {},
): Promise<Redaction | Redaction[]> {
  const texts = typeof input === "string" ? [input] : input;
  if (!Array.isArray(texts) || !texts.every((each) => typeof each === "string"))
    throw argumentInvalid(
      "redact",
      "text",
      input === null ? null : typeof input,
      "a text or a list of texts",
    );
  for (const text of texts) checkTextLength(text, "text");
  const redactor = await Redactor.load(ner, redactSettings("redact", options));
  const results: { text: string; entities: RedactedEntity[]; map?: string }[] = [];
  for (const text of texts) {
    const entities: RedactedEntity[] = [];
    let redacted = "";
    for await (const part of redactor.document(partsOf(text), (entity) => entities.push(entity)))
      redacted += part;
    const map = redactor.map;
    results.push({ text: redacted, entities, ...(map === undefined ? {} : { map }) });
  }
  if (typeof input === "string") return results[0]!;
  return redactor.map === undefined || options.numbers !== "all"
    ? results
    : results.map((result) => ({ ...result, map: results.at(-1)!.map! }));
}

/**
 * Redacts a text of any length as its parts arrive. Where the text is cut into parts does not change the result.
 *
 * @example
 * const file = createReadStream("letters.txt", "utf8");
 * for await (const part of redactStream(ner, file)) process.stdout.write(part);
 *
 * @param onEntity called for everything that is replaced, in order
 * @throws NeriumError as `redact`
 */
export async function* redactStream(
  ner: Ner | undefined,
  parts: AsyncIterable<string> | Iterable<string>,
  options: RedactOptions & { readonly onEntity?: ((entity: RedactedEntity) => void) | undefined } = {},
): AsyncGenerator<string, void, undefined> {
  const { onEntity = () => {}, ...others } = options;
  const redactor = await Redactor.load(ner, redactSettings("redactStream", others));
  yield* redactor.document(asAsync(parts), onEntity);
}

async function* partsOf(text: string): AsyncGenerator<string> {
  yield text;
}

async function* asAsync(parts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  yield* parts;
}

/** Redacts documents, one after another, with the same settings. */
export class Redactor {
  private numbering: Numbering;

  private constructor(
    private readonly settings: RedactSettings,
    private readonly rewriter: Rewriter,
    private readonly read: BlockReader,
  ) {
    this.numbering = new Numbering(settings.map);
  }

  /** Loads what finds and what replaces. */
  static async load(ner: Ner | undefined, settings: RedactSettings): Promise<Redactor> {
    const { operators, key, map, threshold, signal } = settings;
    const replacer = new Replacer(operators, key);
    const [finder, read] = await Promise.all([
      Finder.load(settings, map || replacer.encrypts),
      readerOf(settings.format),
    ]);
    return new Redactor(settings, { ner, threshold, signal, finder, replacer }, read);
  }

  /** Yields a document with what was found replaced. */
  document(
    parts: AsyncIterable<string>,
    onEntity: (entity: RedactedEntity) => void,
    read: BlockReader = this.read,
  ): AsyncGenerator<string, void, undefined> {
    if (this.settings.numbers === "document") this.numbering = new Numbering(this.settings.map);
    return rewritten(parts, read, this.rewriter, this.numbering, onEntity);
  }

  /** The map of the placeholders since they began to count, if it is wanted. */
  get map(): string | undefined {
    const { map, key } = this.settings;
    return map ? encryptedMap(key!, this.numbering.values) : undefined;
  }
}
