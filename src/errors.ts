/**
 * The one error class of Nerium: what happened, where, and what to do about it.
 *
 * Every room keeps its errors as small functions in its own `errors.ts`; `docs/errors.md` lists every code.
 * Anything else that is thrown is a defect of Nerium, and the command line says so.
 */
export class NeriumError extends Error {
  override readonly name = "NeriumError";
  /** Stable identifier, such as `DATA_TAG_COLUMN_MISSING`. */
  readonly code: string;
  /** Where it happened: file:line, key of a recipe, training step … */
  readonly where: string | undefined;
  /** What the reader can do about it. */
  readonly remedy: string | undefined;

  constructor(
    code: string,
    what: string,
    details: { where?: string; remedy?: string; cause?: unknown } = {},
  ) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.remedy = details.remedy;
  }
}

/** True for a {@link NeriumError}, also when two copies of the package are loaded. */
export function isNeriumError(error: unknown): error is NeriumError {
  return error instanceof Error && error.name === "NeriumError" && "code" in error;
}
