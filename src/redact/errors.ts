import { NeriumError } from "../errors.js";

/** An operator needs a key, and none is given. */
export function keyMissing(what: string): NeriumError {
  return new NeriumError("REDACT_KEY_MISSING", `${what} needs a key`, {
    where: "key",
    remedy:
      "Make a random key, for example with `openssl rand -hex 32 > redact.key`, and give it with --key.",
  });
}

/** The key has so few bytes that it can be guessed. */
export function keyShort(bytes: number, least: number): NeriumError {
  return new NeriumError("REDACT_KEY_SHORT", `The key has ${bytes} bytes, but must have at least ${least}`, {
    where: "key",
    remedy: "Make a random key, for example with `openssl rand -hex 32 > redact.key`.",
  });
}

/** A map or an encrypted value was not made with this key, or it was changed. */
export function keyWrong(what: string): NeriumError {
  return new NeriumError("REDACT_KEY_WRONG", `${what} cannot be decrypted with this key`, {
    where: "key",
    remedy: "Use the key with which the text was redacted, and the file as it was written.",
  });
}

/** An option of redaction has a value that does not fit. */
export function redactOptionInvalid(where: string, what: string, remedy?: string): NeriumError {
  return new NeriumError("REDACT_OPTION_INVALID", what, {
    where,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/**
 * An option names a type that nothing finds.
 *
 * @param known a list for the remedy
 */
export function typeUnknown(
  option: string,
  what: string,
  { meant, known }: { readonly meant: string | undefined; readonly known: string },
): NeriumError {
  const suggestion = meant === undefined ? "" : `Did you mean ${meant}? `;
  return redactOptionInvalid(option, what, `${suggestion}The types are ${known}.`);
}

/** An option names a country that does not exist. */
export function countryUnknown(country: string, meant: string | undefined): NeriumError {
  const suggestion = meant === undefined ? "" : `Did you mean ${meant}? `;
  return redactOptionInvalid(
    "countries",
    `Unknown country ${country}`,
    `${suggestion}Use codes of ISO 3166-1, such as DE or US.`,
  );
}

/** A regular expression is not valid, or cannot be matched in linear time. */
export function expressionInvalid(type: string, reason: string): NeriumError {
  return new NeriumError("REDACT_PATTERN_INVALID", `The pattern for ${type} is refused: ${reason}`, {
    where: type,
    remedy:
      "Use the syntax of JavaScript without backreferences, with lookarounds at single characters only, and with fewer than 2,000 characters and repetitions.",
  });
}

/** A file is not in the format that it is read in. */
export function formatInvalid(
  format: string,
  { file, line }: { readonly file: string | undefined; readonly line: number },
  what: string,
): NeriumError {
  return new NeriumError("REDACT_FORMAT_INVALID", `Invalid ${format} in line ${line}: ${what}`, {
    where: file === undefined ? `line ${line}` : `${file}:${line}`,
    remedy: "Correct the file, or read it as plain text with --from text.",
  });
}

/** A request in Presidio's form has a value that an operator cannot work with. */
export function presidioInvalid(what: string): NeriumError {
  return new NeriumError("REDACT_PRESIDIO_INVALID", `Invalid request: ${what}`, {
    remedy: "See /docs for all fields.",
  });
}
