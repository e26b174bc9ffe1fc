import type { ErrorKind, ErrorsOfKind } from "../../evaluate/index.js";
import type { FolderEvaluation } from "../../infer/index.js";
import type { ReportedError } from "../../report/index.js";
import { visible } from "../../shown.js";
import type { Colours } from "./colours.js";
import { count, counted, duration, score } from "./figures.js";
import { scoresReport } from "./scoresReport.js";
import { wrapped } from "./wrapped.js";

/** Where to find the words of an error. */
export interface ErrorContext {
  readonly file: string;
  readonly sentences: readonly { readonly words: readonly string[]; readonly line: number }[];
}

/** Formats the output of `nerium evaluate`: the scores of both modes, loss, the errors by kind, and the most confident
 * errors in their sentences. */
export function evaluationReport(
  evaluation: FolderEvaluation,
  errors: Readonly<Record<ErrorKind, ErrorsOfKind>>,
  worst: readonly ReportedError[],
  context: ErrorContext,
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string[] {
  const { scores, strict, argmax, scheme, crf, loss, sentences, words, seconds, truncatedWords } = evaluation;
  const speed = seconds > 0 ? `, ${count(words / seconds)} words/s` : "";
  const facts = [
    `loss ${score(loss)}   ${counted(sentences, "sentence")}, ${counted(words, "word")} in ${duration(seconds)}${speed}`,
    ...(argmax === undefined
      ? []
      : [
          `decoded with viterbi (${crf ? "the model's CRF" : `sequences that ${scheme} allows`}); argmax decoding gives F1 ${score(argmax.micro.f1)}`,
        ]),
    ...(truncatedWords === 0
      ? []
      : [`${counted(truncatedWords, "word was", "words were")} cut off and counted as tagged O`]),
    "",
    ...errorLines(errors, context, colours),
    ...worstLines(worst, colours),
  ];
  return [
    ...scoresReport({ default: scores, strict, scheme }, width),
    "",
    ...facts.map((line) => wrapped(line, width, "    ")),
  ];
}

function errorLines(
  errors: Readonly<Record<ErrorKind, ErrorsOfKind>>,
  { file, sentences }: ErrorContext,
  colours: Colours,
): string[] {
  const kinds = Object.entries(errors).filter(([, { count }]) => count > 0);
  if (kinds.length === 0) return ["no errors"];
  return kinds.flatMap(([kind, { count: number, examples }]) => [
    colours.bold(`${kind}: ${count(number)}`),
    ...examples.map(({ sentence, gold, predicted }) => {
      const { words, line } = sentences[sentence]!;
      const entity = (span: typeof gold) =>
        span && visible(`${span.type} "${words.slice(span.start, span.end).join(" ")}"`);
      const found = [gold && `gold ${entity(gold)}`, predicted && `predicted ${entity(predicted)}`];
      return `  ${found.filter(Boolean).join(", ")}  ${colours.dim(visible(`${file}:${line}`))}`;
    }),
  ]);
}

/** The most confident errors: two lines each, with the gold and the predicted entities in brackets. */
function worstLines(worst: readonly ReportedError[], colours: Colours): string[] {
  if (worst.length === 0) return [];
  return [
    "",
    colours.bold("most confident errors (often slips of the annotators):"),
    ...worst.flatMap(({ kind, confidence, file, line, context }) => [
      `  ${score(confidence)}  ${kind}  ${colours.dim(visible(`${file}:${line}`))}`,
      `    gold       ${bracketed(context!, context!.gold, colours)}`,
      `    predicted  ${bracketed(context!, context!.predicted, colours)}`,
    ]),
  ];
}

function bracketed(
  { words, cutBefore, cutAfter }: NonNullable<ReportedError["context"]>,
  entities: readonly { readonly type: string; readonly start: number; readonly end: number }[],
  colours: Colours,
): string {
  const shown = words.map(visible);
  for (const { type, start, end } of entities) {
    shown[start] = `${colours.bold(`[${visible(type)}`)} ${shown[start]}`;
    shown[end - 1] += colours.bold("]");
  }
  return `${cutBefore ? "… " : ""}${shown.join(" ")}${cutAfter ? " …" : ""}`;
}
