import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { SERIES } from "./style.js";
import { element, label, picture } from "./svg.js";

export interface Series {
  readonly name: string;
  /** In the order of x. Values that are not finite leave a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Draws a dot at each point. */
  readonly dots?: boolean;
  /** An interval for each point. */
  readonly intervals?: readonly (readonly [low: number, high: number])[];
}

export interface LineChart {
  readonly title: string;
  readonly xName: string;
  readonly series: readonly Series[];
  readonly width?: number;
  readonly height?: number;
  /** The values that the y axis at least covers. */
  readonly covers?: readonly number[];
}

const MARGIN = { top: 30, right: 16, bottom: 40, left: 52 };
/** Width of a letter of the legend on average. */
const LETTER = 6.7;

/** Draws curves over one axis. */
export function lineChart(chart: LineChart): string {
  const { title, xName, series, width = 420, height = 260, covers = [] } = chart;
  const finite = series.flatMap(({ points }) => points.filter(([, y]) => Number.isFinite(y)));
  const xs = finite.map(([x]) => x);
  const ys = [
    ...finite.map(([, y]) => y),
    ...series.flatMap(({ intervals = [] }) => intervals.flat()),
    ...covers,
  ];
  const x = scaleLinear(extent(xs), [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear(extent(ys), [height - MARGIN.bottom, MARGIN.top]).nice(5);
  const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom];
  const yFormat = y.tickFormat(5);
  const xFormat = x.tickFormat(5, "~s");
  const curve = line<readonly [number, number]>()
    .defined(([, value]) => Number.isFinite(value))
    .x(([at]) => x(at))
    .y(([, value]) => y(value))
    .digits(2);
  return picture(
    { width, height, description: described(chart) },
    label(left, 16, title, { kind: "title" }),
    ...y
      .ticks(5)
      .flatMap((value) => [
        element("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) }),
        label(left - 8, y(value) + 4, yFormat(value), { anchor: "end", kind: "tick" }),
      ]),
    element("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    ...x
      .ticks(5)
      .map((value) => label(x(value), bottom + 16, xFormat(value), { anchor: "middle", kind: "tick" })),
    label(right, height - 8, xName, { anchor: "end", kind: "tick" }),
    ...series.flatMap(({ points, dots, intervals = [] }, index) => {
      const colour = index % SERIES;
      return [
        element("path", { class: `curve s${colour}`, d: curve(points) ?? "" }),
        ...intervals.map(([low, high], at) => {
          const place = x(points[at]![0]);
          return element("line", {
            class: `whisker s${colour}`,
            x1: place,
            x2: place,
            y1: y(low),
            y2: y(high),
          });
        }),
        ...(dots || points.length === 1
          ? points
              .filter(([, value]) => Number.isFinite(value))
              .map(([at, value]) => element("circle", { class: `f${colour}`, cx: x(at), cy: y(value), r: 3 }))
          : []),
      ];
    }),
    legend(
      series.map(({ name }) => name),
      left,
      height - 8,
    ),
  );
}

/** The names of series with their colours, in one line. */
export function legend(names: readonly string[], left: number, y: number): string {
  let x = left;
  return names
    .map((name, index) => {
      const at = x;
      x += 16 + name.length * LETTER + 12;
      const mark = element("circle", { class: `f${index % SERIES}`, cx: at + 4, cy: y - 4, r: 4 });
      return mark + label(at + 12, y, name);
    })
    .join("");
}

/** The smallest and the largest value; a single value gets some room around it. */
function extent(values: readonly number[]): [number, number] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  if (low > high) return [0, 1];
  return low === high ? [low - Math.abs(low || 1) * 0.1, high + Math.abs(high || 1) * 0.1] : [low, high];
}

const described = ({ title, series }: LineChart): string =>
  `${title}: ${series
    .map(({ name, points }) => {
      const values = points.map(([, value]) => value).filter(Number.isFinite);
      const [first, last] = [values[0], values.at(-1)];
      return first === undefined || last === undefined
        ? name
        : `${name} from ${first.toPrecision(3)} to ${last.toPrecision(3)}`;
    })
    .join(", ")}`;
