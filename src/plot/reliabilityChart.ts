import { scaleLinear } from "d3-scale";
import { element, label, picture } from "./svg.js";

/** A bin of predictions of similar confidence. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly accuracy: number;
}

const SIZE = 240;
const MARGIN = { top: 28, right: 12, bottom: 40, left: 44 };

/** Draws the share of right predictions by confidence. The dashed line is where both are equal. */
export function reliabilityChart(title: string, bins: readonly ReliabilityBin[]): string {
  const width = MARGIN.left + SIZE + MARGIN.right;
  const height = MARGIN.top + SIZE + MARGIN.bottom;
  const x = scaleLinear([0, 1], [MARGIN.left, MARGIN.left + SIZE]);
  const y = scaleLinear([0, 1], [MARGIN.top + SIZE, MARGIN.top]);
  const format = x.tickFormat(5);
  const filled = bins.filter(({ count }) => count > 0);
  return picture(
    {
      width,
      height,
      description: `${title}: ${filled.map(({ from, to, accuracy }) => `${accuracy.toFixed(2)} right from ${from.toFixed(1)} to ${to.toFixed(1)}`).join(", ")}`,
    },
    label(0, 14, title, { kind: "title" }),
    ...x
      .ticks(5)
      .flatMap((value) => [
        element("line", { class: "grid", x1: x(0), x2: x(1), y1: y(value), y2: y(value) }),
        label(x(0) - 8, y(value) + 4, format(value), { anchor: "end", kind: "tick" }),
        label(x(value), y(0) + 16, format(value), { anchor: "middle", kind: "tick" }),
      ]),
    ...filled.map(({ from, to, accuracy }) =>
      element("rect", {
        class: "f0",
        x: x(from) + 1,
        y: y(accuracy),
        width: x(to) - x(from) - 2,
        height: y(0) - y(accuracy),
      }),
    ),
    element("line", { class: "ideal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    element("line", { class: "axis", x1: x(0), x2: x(1), y1: y(0), y2: y(0) }),
    label(x(1), height - 6, "confidence", { anchor: "end", kind: "tick" }),
  );
}
