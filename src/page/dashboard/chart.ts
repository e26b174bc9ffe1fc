import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { count } from "../../figures.js";
import { element } from "../dom.js";
import { colourOf } from "./colours.js";

/** A curve of a run. */
export interface Curve {
  /** The run, and what it is if a run has several curves in the chart. */
  readonly name: string;
  /** Number of the colour. */
  readonly colour: number;
  readonly isDashed: boolean;
  /** Draws a dot at each point. */
  readonly hasDots: boolean;
  readonly xs: readonly number[];
  readonly ys: readonly (number | null)[];
}

const HEIGHT = 220;
const FONT = "12px system-ui, sans-serif";
/** Room for the figures at the vertical axis. */
const AXIS = 62;
/** Room for those at the horizontal one. */
const FOOT = 30;

/** Curves over one axis. What the pointer is at, or else the last value of each, stands above them. */
export class Chart {
  readonly card: HTMLElement;
  private readonly place = element("div", { className: "plot", role: "img" });
  private readonly readout = element("p", { className: "readout" });
  private curves: readonly Curve[] = [];
  private plot: uPlot | undefined;
  private drawn = "";
  private axis = "step";

  /** @param head stands before the curves */
  constructor(
    private readonly title: string,
    head: readonly (Node | string)[],
    private readonly format: (value: number) => string,
    private readonly short: (value: number) => string = format,
  ) {
    this.card = element("section", { className: "card chart-card", "aria-label": title });
    this.card.append(element("div", { className: "bar" }, ...head), this.readout, this.place);
    new ResizeObserver(() => this.resize()).observe(this.place);
  }

  show(curves: readonly Curve[], axis: string): void {
    this.curves = curves.filter(({ ys }) => ys.some((value) => value !== null));
    this.axis = axis;
    this.card.hidden = this.curves.length === 0;
    if (this.card.hidden) return;
    const data = uPlot.join(
      this.curves.map(({ xs, ys }) => [[...xs], [...ys]] as uPlot.AlignedData),
      this.curves.map(() => [2]),
    );
    const form = JSON.stringify([axis, this.curves.map(({ xs: _, ys: __, ...rest }) => rest)]);
    if (this.plot !== undefined && form === this.drawn) this.plot.setData(data);
    else this.make(data, form);
    this.place.setAttribute("aria-label", this.described());
    this.say(null);
  }

  /** Draws in the present colours. */
  recolour(): void {
    this.plot?.redraw(false, true);
  }

  private make(data: uPlot.AlignedData, form: string): void {
    this.plot?.destroy();
    this.drawn = form;
    const line = { stroke: () => colourOf("--line"), width: 1 };
    const common = { font: FONT, stroke: () => colourOf("--soft"), grid: line, ticks: { show: false } };
    this.plot = new uPlot(
      {
        width: Math.max(200, this.place.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { sync: { key: "nerium" }, drag: { x: true, y: false }, points: { size: 6 } },
        scales: { x: { time: false } },
        axes: [
          { ...common, size: FOOT, values: (_, splits) => splits.map(count0) },
          { ...common, size: AXIS, values: (_, splits) => splits.map(this.short) },
        ],
        series: [
          {},
          ...this.curves.map(({ name, colour, isDashed, hasDots, ys }) => ({
            label: name,
            stroke: () => colourOf(`--s${colour}`),
            width: 1.75,
            spanGaps: true,
            ...(isDashed && { dash: [5, 4] }),
            points: {
              show: hasDots || ys.length === 1,
              size: 6,
              fill: () => colourOf(`--s${colour}`),
            } as uPlot.Series.Points,
          })),
        ],
        hooks: { setCursor: [({ cursor: { idx } }) => this.say(idx ?? null)] },
      },
      data,
      this.place,
    );
  }

  private resize(): void {
    const width = this.place.clientWidth;
    if (this.plot !== undefined && width > 0 && width !== this.plot.width)
      this.plot.setSize({ width, height: HEIGHT });
  }

  /** Shows the values at the pointer, or the last ones. */
  private say(index: number | null): void {
    const xs = this.plot?.data[0];
    const parts = this.curves.map((curve, at) => {
      const value = index === null ? lastOf(curve.ys) : nearestBefore(this.plot!.data[at + 1]!, index);
      const dot = element("span", { className: "dot" });
      dot.style.setProperty("color", `var(--s${curve.colour})`);
      return element(
        "span",
        { className: "value" },
        dot,
        `${curve.name} `,
        element("b", {}, value === null ? "-" : this.format(value)),
      );
    });
    const where = index === null || xs === undefined ? "" : `${this.axis} ${count0(xs[index]!)}`;
    this.readout.replaceChildren(...parts, where);
  }

  private described(): string {
    const each = this.curves.map(({ name, ys }) => {
      const first = ys.find((value) => value !== null);
      const last = lastOf(ys);
      return first === undefined || first === null || last === null
        ? name
        : `${name} from ${this.format(first)} to ${this.format(last)}`;
    });
    return `${this.title}: ${each.join(", ")}`;
  }
}

const count0 = (value: number): string =>
  Number.isInteger(value) ? count(value) : String(Math.round(value * 100) / 100);

const lastOf = (ys: readonly (number | null)[]): number | null =>
  ys.findLast((value) => value !== null) ?? null;

/** The value at an index, or the one before it where the curve has no point. */
function nearestBefore(ys: ArrayLike<number | null | undefined>, index: number): number | null {
  for (let at = index; at >= 0; at--) {
    const value = ys[at];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
