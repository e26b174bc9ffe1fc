import type { Sweep } from "../../improve/index.js";
import { percent } from "../../improve/percent.js";
import { valueText } from "../../improve/sweep/valueText.js";
import { snakeCase } from "../../recipe/spelling.js";
import { visible } from "../../shown.js";
import { counted, score } from "./figures.js";
import { fittingTable, table } from "./table.js";

/** Formats the result of `nerium sweep`: the settings, the best first, and which value matters. */
export function sweepReport(
  { settings, effects, effectsShare, seeds, best, picture, sentences }: Sweep,
  width: number,
): string[] {
  const fields = Object.keys(settings[0]!.values);
  const hasStopped = settings.some(({ trained }) => trained < 1);
  const hasSeeds = seeds.length > 1;
  const rows = settings.map(({ setting, values, trained, f1, standardDeviation, behind }) => [
    String(setting),
    ...fields.map((field) => visible(valueText(values[field]))),
    score(f1),
    ...(hasSeeds ? [score(standardDeviation!)] : []),
    ...(hasStopped ? [trained < 1 ? `stopped at ${100 * trained}%` : "finished"] : []),
    behind === undefined
      ? ""
      : `${(100 * behind.difference).toFixed(2)} (${behind.interval.map((end) => (100 * end).toFixed(2)).join(" to ")})`,
  ]);
  const head = [
    ...["setting", ...fields.map(snakeCase), hasSeeds ? "mean F1" : "F1"],
    ...(hasSeeds ? ["deviation"] : []),
    ...(hasStopped ? ["trained"] : []),
    "points behind the best, 95%",
  ];
  return [
    ...fittingTable([head, ...rows], width),
    "",
    ...table(
      [
        ["field", "value", hasStopped ? `mean F1 at ${percent(effectsShare)}` : "mean F1", "worst", "best"],
        ...effects.flatMap(({ field, values }) =>
          values.map(({ value, f1, range }) => [
            snakeCase(field),
            visible(valueText(value)),
            score(f1),
            ...range.map(score),
          ]),
        ),
      ],
      "",
      [1],
    ),
    "",
    `measured on ${counted(sentences, "validation sentence")}`,
    `recipe   ${visible(best)}`,
    `picture  ${visible(picture)}`,
  ];
}
