import { escaped, withoutSecrets } from "./shown.js";

/**
 * The only error class of Nerium. It says what happened, where, and what to do about it.
 *
 * Every room defines its errors as small functions in its own `errors.ts`. `docs/errors.md` lists every code.
 * Any other error that is thrown is a bug in Nerium, and the command line says so.
 *
 * @example
 * try {
 *   await load("my-model");
 * } catch (error) {
 *   if (!isNeriumError(error)) throw error;
 *   console.error(error.code, error.message, error.where, error.remedy);
 * }
 */
export class NeriumError extends Error {
  override readonly name = "NeriumError";
  /** Stable identifier, such as `DATA_TAG_COLUMN_MISSING`. */
  readonly code: string;
  /** Where it happened: file:line, key of a recipe, training step … */
  readonly where: string | undefined;
  /** What the user can do about it. Names options and recipe fields as TypeScript has them, such as `tagColumn`. */
  readonly remedy: string | undefined;
  /** The same for a user of the command line, with flags such as `--tag-column`. */
  readonly commandRemedy: string | undefined;

  /** @param details `remedy` names options by their flags, which `remedy` of the error translates */
  constructor(
    code: string,
    what: string,
    details: { where?: string; remedy?: string; cause?: unknown } = {},
  ) {
    super(shown(what), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where === undefined ? undefined : shown(details.where);
    this.commandRemedy = details.remedy === undefined ? undefined : shown(details.remedy);
    this.remedy = this.commandRemedy?.replace(SENTENCE, optionNames);
  }
}

const SENTENCE = /.+?(?:[.;:](?=\s)|$)/gs;
const FLAG = /(?<![\w-])--([a-z][a-z-]*[a-z])(?![\w:=-])/g;

/** Turns flags into the names of options: `--tag-column` → `tagColumn`. Sentences with a command stay as they are. */
function optionNames(sentence: string): string {
  if (/\b(nerium|npm) [a-z]/.test(sentence)) return sentence;
  return sentence.replace(FLAG, (_, name: string) =>
    name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

const LONGEST = 1000;

/**
 * Makes a text safe to print: it may quote a file from anywhere, or an address with a password. Cuts it after
 * 1,000 characters.
 */
function shown(text: string): string {
  const printable = escaped(withoutSecrets(text.slice(0, 2 * LONGEST)).slice(0, LONGEST + 1));
  return printable.length > LONGEST ? `${printable.slice(0, LONGEST)}…` : printable;
}

/** A function of the package has an option that does not exist. */
export function optionUnknown(
  call: string,
  name: string,
  known: readonly string[],
  meant: string | undefined,
): NeriumError {
  const suggestion = meant === undefined ? "" : `Did you mean ${meant}? `;
  return new NeriumError("PACKAGE_OPTION_UNKNOWN", `Unknown option ${name} of ${call}`, {
    where: name,
    remedy: `${suggestion}The options are ${known.join(", ")}.`,
  });
}

/** An option of a function of the package has a value of the wrong type. */
export function optionInvalid(call: string, name: string, value: unknown, kind: string): NeriumError {
  return new NeriumError("PACKAGE_OPTION_INVALID", `${name} must be ${kind}, not ${typeName(value)}`, {
    where: `${name} of ${call}`,
  });
}

/** A function of the package is called with an argument of the wrong type. */
export function argumentInvalid(call: string, name: string, value: unknown, kind: string): NeriumError {
  return new NeriumError("PACKAGE_ARGUMENT_INVALID", `${name} must be ${kind}, not ${typeName(value)}`, {
    where: call,
  });
}

/** The type of a value, and a short value itself, as an error shows them. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Something that users should know and can act on. The work goes on. */
export interface NeriumWarning {
  /** Stable identifier, such as `VOCABULARY_LOWERCASED`. */
  readonly code: string;
  /** What was found, in which file, and what to do about it. */
  readonly message: string;
}

/**
 * Returns true for a {@link NeriumError}, even if two copies of the package are loaded.
 *
 * @example
 * if (isNeriumError(error) && error.code === "HUB_OFFLINE") console.error("no network");
 */
export function isNeriumError(error: unknown): error is NeriumError {
  return error instanceof Error && error.name === "NeriumError" && "code" in error;
}

/** Nerium was bundled as CommonJS, where it cannot tell which file runs, and so finds no installed package. */
export function bundledAsCommonJs(): NeriumError {
  return new NeriumError(
    "PACKAGE_BUNDLED_AS_COMMONJS",
    "Nerium was bundled as CommonJS and cannot find its native packages",
    {
      remedy:
        "Mark nerium as external (esbuild: --external:nerium), or bundle as an ES module (esbuild: --format=esm).",
    },
  );
}
