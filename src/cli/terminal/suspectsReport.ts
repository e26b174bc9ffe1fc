import { join } from "node:path";
import type { FoundSuspects, Suspect } from "../../improve/index.js";
import { visible } from "../../shown.js";
import type { Colours } from "./colours.js";
import { count, counted, score } from "./figures.js";
import { wrapped } from "./wrapped.js";

/** Words before and after the suspect ones that are shown. */
const AROUND = 5;

/** Whether no review has decided about a suspect. Skipping it is no decision. */
export const isOpen = ({ decision }: Suspect): boolean => decision === undefined || decision === "skip";

/** Formats the output of `nerium data suspects`: the figures, then the most likely errors. */
export function suspectsReport(
  found: FoundSuspects,
  {
    width,
    colours,
    examples,
    output,
  }: {
    readonly width: number;
    readonly colours: Colours;
    readonly examples: number;
    readonly output: string;
  },
): string[] {
  const { suspects, suspectWords, sentences, words, folds, f1 } = found;
  const open = suspects.filter(isOpen);
  const shown = open.slice(0, examples);
  const left = open.length - shown.length;
  const decided = suspects.length - open.length;
  return [
    ...shown
      .flatMap((suspect, index) => [...suspectLines(suspect, index + 1, colours), ""])
      .map((line) => wrapped(line, width, "      ")),
    wrapped(
      `${counted(suspects.length, "sentence")} of ${count(sentences)} with ${counted(suspectWords, "suspect word")} of ${count(words)}${decided > 0 ? `, ${count(decided)} decided in a review` : ""}${left > 0 ? `, ${count(left)} not shown` : ""}`,
      width,
    ),
    wrapped(`cross-validated F1 ${score(f1)}, ${folds} folds`, width),
    `result  ${visible(join(output, "suspects.json"))}`,
  ];
}

function suspectLines(
  { words, suspects, spans, file, line, score: own }: Suspect,
  rank: number,
  colours: Colours,
) {
  const indices = suspects.map(({ index }) => index);
  const from = Math.max(0, Math.min(...indices) - AROUND);
  const to = Math.min(words.length, Math.max(...indices) + 1 + AROUND);
  const marked = new Set(indices);
  const text = words
    .slice(from, to)
    .map((word, at) => (marked.has(from + at) ? colours.bold(visible(word)) : visible(word)))
    .join(" ");
  const entity = (span: { readonly type: string; readonly start: number; readonly end: number }) =>
    `${span.type} "${words.slice(span.start, span.end).join(" ")}"`;
  const differences = spans.map(({ kind, gold, proposed, score: quality }) => {
    const both = [gold && `tagged ${entity(gold)}`, proposed && `proposed ${entity(proposed)}`];
    return `  ${kind}: ${visible(both.filter(Boolean).join(", "))}  ${colours.dim(score(quality))}`;
  });
  const single = suspects.map(
    ({ word, tag, likely, score: quality }) =>
      `  "${visible(word)}" is ${visible(tag)}, likely ${visible(likely)}  ${colours.dim(score(quality))}`,
  );
  return [
    `${rank}  ${score(own)}  ${colours.dim(visible(`${file}:${line}`))}`,
    `  ${from > 0 ? "… " : ""}${text}${to < words.length ? " …" : ""}`,
    ...(differences.length > 0 ? differences : single),
  ];
}
