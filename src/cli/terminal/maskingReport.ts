import type { MaskingScores } from "../../evaluate/index.js";
import { count } from "./figures.js";
import { table } from "./table.js";

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** Formats how much sensitive text stays readable if it is redacted, and how much other text is masked. */
export function maskingReport({
  sensitive,
  leaked,
  leak,
  harmless,
  overMasked,
  overMasking,
  leaks,
  overMaskedAs,
}: MaskingScores): string[] {
  const types = Object.entries(leaks).map(([type, counts]) => [
    type,
    count(counts.spans),
    count(counts.whole),
    count(counts.sensitive),
    count(counts.leaked),
    percent(counts.sensitive === 0 ? 0 : counts.leaked / counts.sensitive),
  ]);
  const masked = Object.entries(overMaskedAs).map(([type, characters]) => `${type} ${count(characters)}`);
  return [
    "masking, in characters without spaces, with the patterns of nerium redact:",
    `    leaked       ${percent(leak)}  ${count(leaked)} of ${count(sensitive)} sensitive`,
    `    over-masked  ${percent(overMasking)}  ${count(overMasked)} of ${count(harmless)} others${masked.length === 0 ? "" : `: ${masked.join(", ")}`}`,
    "",
    ...table([["", "entities", "masked whole", "characters", "leaked", "leak"], ...types], "    "),
  ];
}
