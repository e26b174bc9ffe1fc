import { score } from "../../evaluate/score.js";
import { dotChart, standalone } from "../../plot/index.js";
import { snakeCase } from "../../recipe/spelling.js";
import { percent } from "../percent.js";
import type { FieldEffect } from "./ranking.js";
import { valueText } from "./valueText.js";

/**
 * Draws the mean F1 of each value of each field. The lines go from the worst to the best setting with it.
 *
 * @param share of the steps after which the F1 was measured
 */
export const effectsPicture = (effects: readonly FieldEffect[], share: number): string =>
  standalone(
    dotChart({
      title: `F1 by value${share < 1 ? ` after ${percent(share)} of the steps` : ""}: mean, worst and best setting`,
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
