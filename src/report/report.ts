import { basename } from "node:path";
import { drawnUnits, mulberry32 } from "../data/index.js";
import { bootstrapIntervals } from "../evaluate/index.js";
import { versions } from "../versions.js";
import { nothingToReport } from "./errors.js";
import type { EvaluationReport } from "./facts.js";
import { type EvaluatedModel, type ListingOptions, modelReport, unitCounts } from "./modelReport.js";

/** How a report is made. */
export interface ReportOptions extends ListingOptions {
  readonly files: readonly string[];
  /** Draws of the bootstrap. */
  readonly draws: number;
  /** Decides what is drawn. */
  readonly seed: number;
}

/**
 * Returns what models make of the same sentences, with bootstrap intervals. Differences are to the first model.
 *
 * @throws NeriumError REPORT_NO_SENTENCES
 */
export function evaluationReport(
  models: readonly EvaluatedModel[],
  { files, draws, seed, ...listing }: ReportOptions,
): EvaluationReport {
  const [first] = models;
  const { sentences } = first!.evaluation.data;
  if (sentences.length === 0) throw nothingToReport(files);
  const { unit, members } = drawnUnits(sentences);
  const counts = models.map(({ evaluation }) => unitCounts(evaluation, members));
  const intervals = bootstrapIntervals(counts, { draws, random: mulberry32(seed) });
  const entities: Record<string, number> = {};
  for (const [type, { support }] of Object.entries(first!.evaluation.scores.types))
    if (support > 0) entities[type] = support;
  return {
    format_version: 1,
    nerium: versions().nerium,
    files: files.map((file) => basename(file)),
    sentences: sentences.length,
    words: first!.evaluation.words,
    entities,
    unit,
    units: members.length,
    draws,
    seed,
    models: models.map((model, index) => modelReport(model, intervals[index]!, listing)),
  };
}
