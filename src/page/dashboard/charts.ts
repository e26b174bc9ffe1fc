import { score } from "../../evaluate/score.js";
import { count, memory, rate } from "../../figures.js";
import type { NotedMetric, StepsNote } from "../../run/notes.js";
import { byId, element } from "../dom.js";
import { Chart, type Curve } from "./chart.js";
import type { Run } from "./runs.js";

/** A run with its colour. */
export interface ColouredRun {
  readonly run: Run;
  readonly colour: number;
}

export type Axis = "step" | "epoch";

const METRICS: readonly (readonly [NotedMetric, string])[] = [
  ["f1", "F1"],
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["accuracy", "Accuracy"],
];

const heading = (title: string) => element("h2", {}, title);

/** Without zeros at the end, so that axes stay narrow. */
const shortScore = (value: number): string => String(Number(value.toPrecision(4)));

/** All charts of the page. */
export class Charts {
  private readonly metric = element(
    "select",
    { "aria-label": "Metric" },
    ...METRICS.map(([value, name]) => element("option", { value }, name)),
  );
  private readonly loss = new Chart("Loss", [heading("Loss")], score, shortScore);
  private readonly scores = new Chart("Validation", [heading("Validation"), this.metric], score, shortScore);
  private readonly rate = new Chart("Learning rate", [heading("Learning rate")], rate);
  private readonly gradient = new Chart("Gradient norm", [heading("Gradient norm")], score, shortScore);
  private readonly speed = new Chart("Tokens per second", [heading("Tokens per second")], count);
  private readonly memory = new Chart("Memory", [heading("Memory")], memory);
  private readonly all = [this.loss, this.scores, this.rate, this.speed, this.memory, this.gradient];

  constructor(onChange: () => void) {
    byId("charts").append(...this.all.map(({ card }) => card));
    this.metric.addEventListener("change", onChange);
  }

  show(runs: readonly ColouredRun[], axis: Axis): void {
    const several = runs.length > 1;
    const metric = this.metric.value as NotedMetric;
    const named = (run: Run, what: string) => (several ? `${run.listed.name} ${what}` : what);
    const ofSteps =
      (what: string, value: (note: StepsNote) => number | null | undefined) =>
      ({ run, colour }: ColouredRun): Curve => ({
        name: several ? run.listed.name : what,
        colour,
        isDashed: false,
        hasDots: false,
        xs: run.steps.map((note) => note[axis]),
        ys: run.steps.map((note) => value(note) ?? null),
      });
    const ofEvaluations =
      (which: NotedMetric, name: (run: Run) => string, isDashed: boolean) =>
      ({ run, colour }: ColouredRun): Curve => ({
        name: name(run),
        colour,
        isDashed,
        hasDots: true,
        xs: run.evaluations.map((note) => note[axis]),
        ys: run.evaluations.map(({ metrics }) => metrics[which]),
      });
    this.loss.show(
      runs.flatMap((each) => [
        { ...ofSteps("", ({ loss }) => loss)(each), name: named(each.run, "training") },
        ofEvaluations("loss", (run) => named(run, "validation"), true)(each),
      ]),
      axis,
    );
    const title = METRICS.find(([value]) => value === metric)![1];
    const byRun = (run: Run) => (several ? run.listed.name : title);
    this.scores.show(runs.map(ofEvaluations(metric, byRun, false)), axis);
    this.rate.show(runs.map(ofSteps("learning rate", ({ learningRate }) => learningRate)), axis);
    this.speed.show(runs.map(ofSteps("tokens/s", ({ tokensPerSecond }) => tokensPerSecond)), axis);
    this.memory.show(runs.map(ofSteps("memory", (note) => note.memory)), axis);
    this.gradient.show(runs.map(ofSteps("before clipping", ({ gradNorm }) => gradNorm)), axis);
  }

  recolour(): void {
    for (const chart of this.all) chart.recolour();
  }
}
