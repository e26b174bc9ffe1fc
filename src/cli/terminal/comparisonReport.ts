import type { ModelComparison } from "../../infer/compare.js";
import { visible } from "../../shown.js";
import { counted, score, signedScore } from "./figures.js";
import { table } from "./table.js";

/** Formats F1 of two models, their difference, and how certain it is. */
export function comparisonReport(
  comparison: ModelComparison,
  files: { readonly a: readonly string[]; readonly b: readonly string[] },
): string[] {
  const { a, b, runs, difference, interval, better, units, unit, sentences, draws, seed, mode } = comparison;
  const drawn =
    unit === "documents"
      ? `${counted(units, "document")} (${counted(sentences, "sentence")})`
      : `${counted(units, "sentence")} (the files have no documents)`;
  return [
    `F1, seqeval ${mode} mode`,
    ...table(
      [
        ...rows("A", files.a, runs.a, a),
        ...rows("B", files.b, runs.b, b),
        ["B − A", signedScore(difference)],
      ],
      "  ",
    ),
    `  95% of draws are between ${signedScore(interval[0])} and ${signedScore(interval[1])}; B is better in ${(better * 100).toFixed(1)}% of draws`,
    `paired bootstrap: ${counted(draws, "draw")} from ${drawn}, seed ${seed}`,
  ];
}

function rows(name: string, files: readonly string[], f1: readonly number[], mean: number): string[][] {
  const each = files.map((file, run) => [`${run === 0 ? name : " "}  ${visible(file)}`, score(f1[run]!)]);
  return files.length === 1 ? each : [...each, [`   mean of ${files.length}`, score(mean)]];
}
