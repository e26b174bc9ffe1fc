import { lineChart, standalone } from "../../plot/index.js";
import type { CurvePoint } from "./points.js";

/** Draws F1 by the number of sentences, for all entities with intervals, and for each type. */
export function curvePicture(points: readonly CurvePoint[]): string {
  const types = Object.keys(points[0]!.types);
  return standalone(
    lineChart({
      title: "F1 by the number of training sentences",
      xName: "sentences",
      width: 560,
      height: 320,
      series: [
        {
          name: "all",
          points: points.map(({ sentences, f1 }) => [sentences, f1] as const),
          intervals: points.map(({ interval }) => interval),
          dots: true,
        },
        ...types.map((name) => ({
          name,
          points: points.map(({ sentences, types: own }) => [sentences, own[name]!.f1] as const),
          dots: true,
        })),
      ],
    }),
  );
}
