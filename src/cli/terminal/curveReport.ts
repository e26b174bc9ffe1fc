import type { CurveNext, LearningCurve } from "../../improve/index.js";
import { percent } from "../../improve/percent.js";
import { visible } from "../../shown.js";
import { count, counted, score } from "./figures.js";
import { fittingTable } from "./table.js";
import { wrapped } from "./wrapped.js";

/** Width of the labels before the facts. */
const LABEL = 10;

/** Formats the result of `nerium data curve`: F1 by the amount of data, and what more would bring. */
export function curveReport(curve: LearningCurve, width: number): string[] {
  const { points, types, next, heldOut, seeds, sentences, picture } = curve;
  const names = Object.keys(types);
  const hasSeeds = seeds.length > 1;
  const rows = points.map((point) => [
    percent(point.share),
    count(point.sentences),
    score(point.f1),
    point.interval.map(score).join(" to "),
    ...(hasSeeds ? [score(point.standardDeviation!)] : []),
    ...names.map((name) => score(point.types[name]!.f1)),
  ]);
  const more = [
    "100 more",
    "",
    gain(next),
    "",
    ...(hasSeeds ? [""] : []),
    ...names.map((name) => gain(types[name]!)),
  ];
  const head = [
    ...["data", "sentences", hasSeeds ? "mean F1" : "F1", "95%"],
    ...(hasSeeds ? ["deviation"] : []),
    ...names.map(visible),
  ];
  const facts = [
    `next      ${"gain" in next ? forecastText(next, sentences) : `What more sentences would bring is not known: ${next.unknown}.`}`,
    `measured  on ${counted(heldOut.sentences, "sentence")} with ${counted(heldOut.entities, "entity", "entities")} that were held out; ${counted(seeds.length, "run")} for each part`,
    `picture   ${visible(picture)}`,
  ];
  return [
    ...fittingTable([head, ...rows, more], width),
    "",
    ...facts.map((line) => wrapped(line, width, " ".repeat(LABEL))),
  ];
}

const points = (f1: number): string => (100 * f1).toFixed(2);

const gain = (next: CurveNext): string => ("gain" in next ? `+${points(next.gain)}` : "-");

const forecastText = (
  { gain: more, interval }: Extract<CurveNext, { gain: number }>,
  sentences: number,
): string =>
  `100 sentences more than the ${count(sentences)} of the data would bring about ${points(more)} points of F1 (95%: ${interval.map(points).join(" to ")}), by a power law through the means above`;
