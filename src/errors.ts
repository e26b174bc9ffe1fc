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
  /** What the user can do about it. */
  readonly remedy: string | undefined;

  constructor(
    code: string,
    what: string,
    details: { where?: string; remedy?: string; cause?: unknown } = {},
  ) {
    super(shown(what), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where === undefined ? undefined : shown(details.where);
    this.remedy = details.remedy === undefined ? undefined : shown(details.remedy);
  }
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
