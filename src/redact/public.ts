/**
 * The package's entry `nerium/redact`: names and numbers out of texts, and back.
 *
 * @module nerium/redact
 */
import type { Ner } from "../infer/pipeline.js";
import { requireArgument } from "../options.js";
import type { RedactOptions } from "./options.js";
import type { Redaction, RedactStreamOptions } from "./redact.js";
import type { RestoreOptions } from "./restore.js";

/**
 * The package's entry `nerium/redact`; `nerium` exports the same. The recognisers and their libraries are loaded at the
 * first call, so that programs which do not redact start as fast as before.
 */
export { isNeriumError, NeriumError } from "../errors.js";
export type { RedactedEntity } from "./document.js";
export type { FormatName } from "./formats/names.js";
export type { Operator } from "./operators/operator.js";
export type { RedactOptions } from "./options.js";
export type { Redaction, RedactStreamOptions } from "./redact.js";
export type { RestoreOptions } from "./restore.js";

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
  return (await import("./redact.js")).redactInput(ner, input, options);
}

/**
 * Redacts a text of any length as its parts arrive. Where the text is cut into parts does not change the result.
 *
 * @example
 * const file = createReadStream("letters.txt", "utf8");
 * for await (const part of redactStream(ner, file)) process.stdout.write(part);
 *
 * @throws NeriumError as `redact`
 */
export async function* redactStream(
  ner: Ner | undefined,
  parts: AsyncIterable<string> | Iterable<string>,
  options: RedactStreamOptions = {},
): AsyncGenerator<string, void, undefined> {
  yield* (await import("./redact.js")).redactParts(ner, parts, options);
}

/**
 * Puts back what `redact` encrypted, or replaced by placeholders of a map. What is not of this key or map stays as it
 * is. The text may have changed in between: a model may have answered to it, for example.
 *
 * @example
 * const { text, map } = await redact(ner, letter, { key, map: true });
 * const answer = await ask(text);
 * console.log(await restore(answer, { key, map }));
 *
 * @throws NeriumError REDACT_KEY_SHORT, REDACT_KEY_WRONG, REDACT_OPTION_INVALID, PACKAGE_ARGUMENT_INVALID
 */
export async function restore(text: string, options: RestoreOptions): Promise<string> {
  requireArgument("restore", "text", text, "a text");
  let restored = "";
  for await (const part of restoreStream([text], options)) restored += part;
  return restored;
}

/**
 * Restores a text of any length as its parts arrive.
 *
 * @example
 * const file = createReadStream("redacted.txt", "utf8");
 * for await (const part of restoreStream(file, { key })) process.stdout.write(part);
 *
 * @throws NeriumError as `restore`
 */
export async function* restoreStream(
  parts: AsyncIterable<string> | Iterable<string>,
  options: RestoreOptions,
): AsyncGenerator<string, void, undefined> {
  yield* (await import("./restore.js")).restoreParts(parts, options);
}
