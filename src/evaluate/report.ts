import { byCodePoint, codePoints } from "../text/codePoints.js";
import { fixed } from "./fixed.js";
import type { EntityScores, SeqevalScores } from "./seqeval.js";

const AVERAGES = ["micro", "macro", "weighted"] as const;
const HEADERS = cells(["precision", "recall", "f1-score", "support"]);

/**
 * Returns the text of seqeval's `classification_report`: one line per type, then the averages, with `digits`
 * digits after the point.
 */
export function classificationReport(
  scores: SeqevalScores,
  { digits = 2 }: { readonly digits?: number } = {},
): string {
  const types = Object.keys(scores.types).sort(byCodePoint);
  const width = Math.max("weighted avg".length, digits, ...types.map(codePoints));
  const row = (name: string, of: string): string => `${padStart(name, width)} ${of}`;
  return [
    row("", HEADERS),
    "",
    ...types.map((type) => row(type, scoreCells(scores.types[type], digits))),
    "",
    ...AVERAGES.map((average) => row(`${average} avg`, scoreCells(scores[average], digits))),
    "",
  ].join("\n");
}

/**
 * Shows the scores of default and strict mode side by side for a terminal, each under its name. They differ
 * if a tagger writes tag sequences that the scheme does not allow. `scheme` is the scheme of strict mode.
 */
export function bothModesReport(
  modes: { readonly default: SeqevalScores; readonly strict: SeqevalScores; readonly scheme: string },
  { digits = 4 }: { readonly digits?: number } = {},
): string {
  const columns = [modes.default, modes.strict];
  const types = [...new Set(columns.flatMap((scores) => Object.keys(scores.types)))].sort(byCodePoint);
  const width = Math.max("weighted avg".length, ...types.map(codePoints));
  const row = (name: string, [left, right]: readonly string[]): string =>
    `${padStart(name, width)} ${left!.padEnd(HEADERS.length)}  ${right}`.trimEnd();
  const scoreRow = (name: string, of: (scores: SeqevalScores) => EntityScores | undefined): string =>
    row(
      name,
      columns.map((scores) => scoreCells(of(scores), digits)),
    );
  return [
    row("", [" seqeval, default mode", ` seqeval, strict mode, ${modes.scheme}`]),
    row("", [HEADERS, HEADERS]),
    "",
    ...types.map((type) => scoreRow(type, (scores) => scores.types[type])),
    "",
    ...AVERAGES.map((average) => scoreRow(`${average} avg`, (scores) => scores[average])),
    row("accuracy", [cells([fixed(modes.default.accuracy, digits)]), ""]),
    "",
  ].join("\n");
}

/** `scores` is `undefined` for a type that this mode does not find. */
function scoreCells(scores: EntityScores | undefined, digits: number): string {
  if (scores === undefined) return cells(["-", "-", "-", "-"]);
  const shares = [scores.precision, scores.recall, scores.f1].map((score) => fixed(score, digits));
  return cells([...shares, `${scores.support}`]);
}

function cells(texts: readonly string[]): string {
  return texts.map((text) => ` ${text.padStart(9)}`).join("");
}

function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - codePoints(text))) + text;
}
