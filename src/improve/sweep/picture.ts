import { score } from "../../evaluate/score.js";
import { dotChart, standalone } from "../../plot/index.js";
import { snakeCase } from "../../recipe/spelling.js";
import type { FieldEffect } from "./ranking.js";
import { valueText } from "./valueText.js";

/** Draws the mean F1 of each value of each field. The lines go from the worst to the best setting with it. */
export const effectsPicture = (effects: readonly FieldEffect[]): string =>
  standalone(
    dotChart({
      title: "F1 by value: mean, worst and best setting",
      rows: effects.flatMap(({ field, values }) =>
        values.map(({ value, f1, range }) => ({
          name: `${valueText(value)} ${snakeCase(field)}`,
          dots: [{ value: f1, interval: range }],
        })),
      ),
      series: ["F1"],
      format: score,
    }),
  );
