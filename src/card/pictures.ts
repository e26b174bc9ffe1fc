import { dotChart, lineChart, standalone } from "../plot/index.js";
import type { CardFacts } from "./facts.js";
import { fixed4 } from "./pythonFloat.js";

/** Names of the pictures beside a card. */
export const CURVES = "curves.svg";
export const SCORES = "scores.svg";

/** More types than this make a picture that nobody reads. */
const MOST_TYPES = 40;
/** Points of a curve. */
const MOST_POINTS = 400;

/** Returns the pictures of a card as files: by name, the text of the SVG. */
export function cardPictures(facts: CardFacts): Readonly<Record<string, string>> {
  if (facts.style !== "full") return {};
  const curves = curvesOf(facts);
  const scores = scoresOf(facts);
  return {
    ...(curves !== undefined && { [CURVES]: standalone(curves) }),
    ...(scores !== undefined && { [SCORES]: standalone(scores) }),
  };
}

/** Losses by step. A single point is no curve. */
function curvesOf({ rows, losses = [] }: CardFacts): string | undefined {
  if (Math.max(rows.length, losses.length) < 2) return undefined;
  const series = [
    { name: "training loss", points: thinned(losses) },
    {
      name: "validation loss",
      points: rows.map(({ step, metrics }) => [step, metrics.loss] as const),
      dots: true,
    },
    { name: "F1", points: rows.map(({ step, metrics }) => [step, metrics.f1] as const), dots: true },
  ].filter(({ points }) => points.length > 0);
  return lineChart({ title: "Training", xName: "step", series, width: 560, height: 300, covers: [0] });
}

/** Averages neighbouring losses, so that a curve has as many points as can be seen. */
function thinned(losses: NonNullable<CardFacts["losses"]>): [step: number, loss: number][] {
  const each = Math.ceil(losses.length / MOST_POINTS);
  const points: [number, number][] = [];
  for (let from = 0; from < losses.length; from += each) {
    const some = losses.slice(from, from + each);
    points.push([some.at(-1)!.step, some.reduce((sum, { loss }) => sum + loss, 0) / some.length]);
  }
  return points;
}

function scoresOf({ taskCard: { types = {} } }: CardFacts): string | undefined {
  const rows = Object.entries(types)
    .filter(([, { support }]) => support > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { f1 }]) => ({ name, dots: [{ value: f1 }] }));
  if (rows.length === 0 || rows.length > MOST_TYPES) return undefined;
  return dotChart({ title: "F1 by entity type", rows, series: ["F1"], format: fixed4 });
}
