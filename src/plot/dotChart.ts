import { scaleBand, scaleLinear } from "d3-scale";
import { legend } from "./lineChart.js";
import { SERIES } from "./style.js";
import { element, label, picture } from "./svg.js";

/** A value with its interval, in one row. */
export interface Dot {
  readonly value: number;
  readonly interval?: readonly [low: number, high: number] | undefined;
}

export interface DotChart {
  readonly title: string;
  readonly rows: readonly {
    readonly name: string;
    /** One dot per series. */
    readonly dots: readonly (Dot | undefined)[];
  }[];
  /** Names of the series; the legend is left out for a single one. */
  readonly series: readonly string[];
  /** Formats a value for screen readers. */
  readonly format: (value: number) => string;
  readonly width?: number;
}

const TOP = 28;
const ROW = 24;
const LETTER = 7;
const LONGEST_NAME = 24;

/** Draws scores from 0 to 1 as dots with intervals, one row per name. */
export function dotChart({ title, rows, series, format: valueText, width = 560 }: DotChart): string {
  const names = rows.map(({ name }) =>
    name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name,
  );
  const left = Math.max(40, ...names.map((name) => name.length * LETTER)) + 12;
  const rowHeight = ROW + (series.length - 1) * 10;
  const bottom = TOP + rows.length * rowHeight;
  const height = bottom + 24 + (series.length > 1 ? 24 : 0);
  const lowest = rows.flatMap(({ dots }) =>
    dots.flatMap((dot) => (dot === undefined ? [] : [dot.interval?.[0] ?? dot.value])),
  );
  const from = Math.min(0.9, Math.floor(Math.min(1, ...lowest) * 10) / 10);
  const x = scaleLinear([from, 1], [left, width - 16]);
  const y = scaleBand(
    rows.map((_, index) => index),
    [TOP, bottom],
  ).padding(0.25);
  const ticks = x.ticks(6);
  const format = x.tickFormat(6);
  return picture(
    { width, height, description: `${title}: ${rows.map(described(valueText)).join(", ")}` },
    label(0, 14, title, { kind: "title" }),
    ...ticks.flatMap((value) => [
      element("line", { class: "grid", x1: x(value), x2: x(value), y1: TOP, y2: bottom }),
      label(x(value), bottom + 16, format(value), { anchor: "middle", kind: "tick" }),
    ]),
    ...rows.flatMap(({ dots }, index) => {
      const middle = y(index)! + y.bandwidth() / 2;
      return [
        label(left - 12, middle + 4, names[index]!, { anchor: "end" }),
        ...dots.flatMap((dot, each) => {
          if (dot === undefined) return [];
          const at = middle + (each - (dots.length - 1) / 2) * 10;
          const whisker = dot.interval && {
            class: `whisker s${each % SERIES}`,
            x1: x(Math.max(from, dot.interval[0])),
            x2: x(dot.interval[1]),
            y1: at,
            y2: at,
          };
          return [
            ...(whisker ? [element("line", whisker)] : []),
            element("circle", { class: `f${each % SERIES}`, cx: x(Math.max(from, dot.value)), cy: at, r: 4 }),
          ];
        }),
      ];
    }),
    series.length > 1 ? legend(series, left, height - 8) : "",
  );
}

const described =
  (format: DotChart["format"]) =>
  ({ name, dots }: DotChart["rows"][number]): string =>
    `${name} ${dots.map((dot) => (dot === undefined ? "none" : format(dot.value))).join(" and ")}`;
