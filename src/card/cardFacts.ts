import {
  type BestModelChoice,
  bestMetric,
  type EvaluationEvent,
  endOf,
  type RunEvent,
  reportedEvaluation,
  testEvaluation,
} from "../run/evaluations.js";
import type { CardFacts, CardScores, CardSettings, ResultsRow } from "./facts.js";

/** What a card needs to know besides its settings to read a run's events. */
export interface CardChoices extends BestModelChoice {
  /** The scheme of strict mode; with it the card has sections of scores per type and in strict mode. */
  readonly scheme?: string | undefined;
}

/** The facts of a card, from what the recipe says and what happened in the run. */
export function cardFacts(
  settings: CardSettings,
  events: readonly RunEvent[],
  choices: CardChoices = {},
): CardFacts {
  const reported = reportedEvaluation(events, choices);
  const test = testEvaluation(events);
  const end = endOf(events);
  const reportsSaved = choices.loadBestModelAtEnd || reported?.step === end?.step;
  return {
    ...settings,
    results: reported?.metrics,
    argmaxF1: reported?.argmax?.micro.f1,
    resultsOf: reported && whereFrom(reported, end?.step, choices),
    saved: reportsSaved ? reported?.compared?.better : undefined,
    rows: resultsRows(events),
    endedEarly:
      end && end.reason !== "finished" ? { reason: end.reason, epoch: end.epoch, step: end.step } : undefined,
    scores: reported && scoresOf(reported, choices.scheme),
    test: test && { metrics: test.metrics, scores: scoresOf(test, choices.scheme) },
  };
}

function whereFrom(
  { epoch, step }: EvaluationEvent,
  lastStep: number | undefined,
  choices: CardChoices,
): CardFacts["resultsOf"] {
  if (choices.loadBestModelAtEnd) return { epoch, step, bestBy: bestMetric(choices).name };
  return lastStep === undefined || lastStep === step ? undefined : { epoch, step };
}

function scoresOf(evaluation: EvaluationEvent, scheme: string | undefined): CardScores | undefined {
  return scheme === undefined ? undefined : { default: evaluation.scores, strict: evaluation.strict, scheme };
}

/** `parse_log_history` of modelcard.py: a row an evaluation, with the training loss that was logged last before it. */
function resultsRows(events: readonly RunEvent[]): ResultsRow[] {
  const rows: ResultsRow[] = [];
  let trainingLoss: number | undefined;
  for (const event of events) {
    if (event.type === "end") break;
    if (event.type === "log") trainingLoss = event.loss;
    if (event.type === "evaluation" && event.split === "validation") {
      const { epoch, step, metrics, compared } = event;
      rows.push({ ...(trainingLoss !== undefined && { trainingLoss }), epoch, step, metrics, compared });
    }
  }
  return rows;
}
