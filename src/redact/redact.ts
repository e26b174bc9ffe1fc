import { argumentInvalid } from "../errors.js";
import type { Ner } from "../infer/index.js";
import { requireArgument, requireOptions } from "../options.js";
import { checkTextLength } from "../text/index.js";
import {
  type DocumentListener,
  type RedactedEntity,
  type Rewriter,
  rewritten,
  type TextReader,
} from "./document.js";
import { Finder } from "./finder.js";
import type { BlockReader } from "./formats/block.js";
import { readerOf } from "./formats/index.js";
import { requireCountries, requireTypes } from "./known.js";
import { Numbering } from "./operators/numbering.js";
import { Replacer } from "./operators/replacer.js";
import { type RedactOptions, type RedactSettings, redactSettings } from "./options.js";
import { encryptedMap } from "./tokens.js";

/** How to redact a text whose parts arrive. */
export interface RedactStreamOptions extends RedactOptions {
  /** Called for everything that is replaced, in order. */
  readonly onEntity?: ((entity: RedactedEntity) => void) | undefined;
}

/** A text with what is sensitive in it replaced. */
export interface Redaction {
  readonly text: string;
  /** What was found, from left to right. */
  readonly entities: readonly RedactedEntity[];
  /** The placeholders and their values, encrypted, if `map` is set. With `numbers: "all"`, each text has the same. */
  readonly map?: string;
}

/** Redacts a text, or several one after another. */
export async function redactInput(
  ner: Ner | undefined,
  input: string | readonly string[],
  options: RedactOptions,
): Promise<Redaction | Redaction[]> {
  const texts = typeof input === "string" ? [input] : input;
  if (!Array.isArray(texts) || !texts.every((each) => typeof each === "string"))
    throw argumentInvalid("redact", "text", input, "a text or a list of texts");
  requireReader("redact", ner);
  for (const text of texts) checkTextLength(text, "text");
  const results = await redactTexts(ner, texts, redactSettings("redact", options));
  return typeof input === "string" ? results[0]! : results;
}

function requireReader(call: string, ner: unknown): void {
  if (ner !== undefined && typeof (ner as Partial<TextReader> | null)?.analyze !== "function")
    throw argumentInvalid(call, "ner", ner === null ? null : typeof ner, "what load() returns, or undefined");
}

/** Redacts texts, one after another. */
export async function redactTexts(
  reader: TextReader | undefined,
  texts: readonly string[],
  settings: RedactSettings,
): Promise<Redaction[]> {
  const redactor = await Redactor.load(reader, settings);
  const results: Redaction[] = [];
  for (const text of texts) {
    const entities: RedactedEntity[] = [];
    let redacted = "";
    for await (const part of redactor.document(partsOf(text), {
      onEntity: (entity) => entities.push(entity),
    }))
      redacted += part;
    results.push({ text: redacted, entities, ...(settings.numbers === "document" && mapOf(redactor)) });
  }
  if (settings.numbers === "document") return results;
  const shared = mapOf(redactor);
  return results.map((result) => ({ ...result, ...shared }));
}

const mapOf = ({ map }: Redactor): Pick<Redaction, "map"> => (map === undefined ? {} : { map });

/** Redacts a text as its parts arrive. */
export async function* redactParts(
  ner: Ner | undefined,
  parts: AsyncIterable<string> | Iterable<string>,
  options: RedactStreamOptions,
): AsyncGenerator<string, void, undefined> {
  requireArgument("redactStream", "options", options, "an object");
  requireReader("redactStream", ner);
  const { onEntity = () => {}, ...others } = options;
  requireOptions("redactStream", { onEntity }, { onEntity: "a function" });
  const redactor = await Redactor.load(ner, redactSettings("redactStream", others));
  yield* redactor.document(asAsync(parts), { onEntity });
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

  /**
   * Loads what finds and what replaces.
   *
   * @throws NeriumError REDACT_OPTION_INVALID for types and countries that do not exist
   */
  static async load(ner: TextReader | undefined, settings: RedactSettings): Promise<Redactor> {
    const { operators, key, map, threshold, signal } = settings;
    const replacer = new Replacer(operators, key);
    await requireCountries(settings);
    await requireTypes(settings, ner);
    const [finder, read] = await Promise.all([
      Finder.load(settings, map || replacer.encrypts),
      readerOf(settings.format),
    ]);
    return new Redactor(settings, { ner, threshold, signal, finder, replacer }, read);
  }

  /** Yields a document with what was found replaced. */
  document(
    parts: AsyncIterable<string>,
    listener: DocumentListener,
    read: BlockReader = this.read,
  ): AsyncGenerator<string, void, undefined> {
    if (this.settings.numbers === "document") this.numbering = new Numbering(this.settings.map);
    return rewritten(parts, read, this.rewriter, this.numbering, listener);
  }

  /** The map of the placeholders since they began to count, if it is wanted. */
  get map(): string | undefined {
    const { map, key } = this.settings;
    return map ? encryptedMap(key!, this.numbering.values) : undefined;
  }
}
