import { bothModesReport, classificationReport } from "../../evaluate/report.js";
import type { SeqevalScores } from "../../evaluate/seqeval.js";
import { visible } from "../../shown.js";
import { score } from "./figures.js";

/** Scores of one data set in both modes of seqeval, and the tag scheme of strict mode. */
export interface BothModes {
  readonly default: SeqevalScores;
  readonly strict: SeqevalScores;
  readonly scheme: string;
}

/**
 * Formats seqeval's report in both modes: side by side if there is room, otherwise one below the other, each
 * with a title.
 */
export function scoresReport(modes: BothModes, width: number): string[] {
  const beside = linesOf(bothModesReport(modes, { digits: 4 }));
  if (beside.every((line) => line.length <= width)) return beside;
  return [
    "seqeval, default mode",
    ...linesOf(classificationReport(modes.default, { digits: 4 })),
    "",
    `seqeval, strict mode, ${modes.scheme}`,
    ...linesOf(classificationReport(modes.strict, { digits: 4 })),
    "",
    `accuracy ${score(modes.default.accuracy)}`,
  ];
}

const linesOf = (report: string): string[] => visible(report.trimEnd()).split("\n");
