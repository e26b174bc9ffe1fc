import { NeriumError } from "../errors.js";
import { score } from "../evaluate/score.js";

/** An exported file differs from the original by more than the threshold allows. Nothing was replaced. */
export function checkFailed(found: {
  readonly file: string;
  readonly what: string;
  /** The option that sets the threshold. */
  readonly option: string;
  readonly got: number;
  readonly least: number;
  /** Whether a conditional random field, which no file contains, may be the reason. */
  readonly crf: boolean;
}): NeriumError {
  const { file, what, option, got, least, crf } = found;
  return new NeriumError(
    "EXPORT_CHECK_FAILED",
    `${what} of the exported model is ${score(got)}, but must be at least ${least}. No file was replaced`,
    {
      where: file,
      remedy: crf
        ? `The files do not contain the model's conditional random field: train the model without crf, or lower ${option}.`
        : `Choose another dtype, or lower ${option} if the difference is acceptable.`,
    },
  );
}

/** An option of an export has an invalid value. */
export function exportOptionInvalid(name: string, value: unknown, allowed: string): NeriumError {
  return new NeriumError("EXPORT_OPTION_INVALID", `${name} must be ${allowed}, not ${String(value)}`, {
    where: name,
  });
}
