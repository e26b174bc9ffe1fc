import { NeriumError } from "../errors.js";

/** An exported file differs from the original by more than the threshold allows. Nothing was replaced. */
export function checkFailed(found: {
  readonly file: string;
  readonly what: string;
  readonly got: number;
  readonly least: number;
}): NeriumError {
  const { file, what, got, least } = found;
  return new NeriumError(
    "EXPORT_CHECK_FAILED",
    `${what} of the exported model is ${got.toFixed(4)}, below ${least}; nothing was replaced`,
    {
      where: file,
      remedy: "Export to another dtype, or lower the threshold if the loss is acceptable.",
    },
  );
}

/** An option of an export has an invalid value. */
export function exportOptionInvalid(name: string, value: unknown, allowed: string): NeriumError {
  return new NeriumError("EXPORT_OPTION_INVALID", `${name} is ${String(value)}`, {
    where: name,
    remedy: `${name} must be ${allowed}.`,
  });
}
