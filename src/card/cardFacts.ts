import { type BestModelChoice, bestMetric, reportedEvaluation, testEvaluation } from "../run/evaluations.js";
import { endOf, type RecordedEvaluation, type RecordedEvent } from "../run/history.js";
import type { TaskCard } from "../tasks/cardParts.js";
import type { CardFacts, CardSettings, ResultsRow } from "./facts.js";

/** What a card needs to know, besides its settings, to read a run's events. */
export interface CardChoices extends BestModelChoice {
  /** Adds the task's sections of scores, which HF's cards do not have. */
  readonly detailed?: boolean;
}

/** Collects the facts of a card from the recipe and the events of the run. */
export function cardFacts(
  settings: CardSettings,
  events: readonly RecordedEvent[],
  choices: CardChoices = {},
): CardFacts {
  const reported = reportedEvaluation(events, choices);
  const test = testEvaluation(events);
  const end = endOf(events);
  const reportsSaved = choices.loadBestModelAtEnd || reported?.step === end?.step;
  return {
    ...settings,
    results: reported?.metrics,
    taskCard: taskCard(settings, reported, choices),
    resultsOf: reported && whereFrom(reported, end?.step, choices),
    saved: reportsSaved ? reported?.compared?.better : undefined,
    rows: resultsRows(events, settings.style === "full"),
    losses: events.flatMap((event) => (event.type === "log" ? [{ step: event.step, loss: event.loss }] : [])),
    endedEarly:
      end && end.reason !== "finished" ? { reason: end.reason, epoch: end.epoch, step: end.step } : undefined,
    test: test && { metrics: test.metrics, scores: taskCard(settings, test, choices).scores },
  };
}

function whereFrom(
  { epoch, step }: RecordedEvaluation,
  lastStep: number | undefined,
  choices: CardChoices,
): CardFacts["resultsOf"] {
  if (choices.loadBestModelAtEnd) return { epoch, step, bestBy: bestMetric(choices).name };
  return lastStep === undefined || lastStep === step ? undefined : { epoch, step };
}

function taskCard(
  { task, hyperparameters: { crfLearningRate, decoding, documents } }: CardSettings,
  evaluation: RecordedEvaluation | undefined,
  { detailed = false }: CardChoices,
): TaskCard {
  const { scores, ...said } = task.card(evaluation, {
    crf: crfLearningRate !== undefined,
    decoding,
    readsDocuments: documents !== undefined,
  });
  return detailed ? { ...said, scores } : said;
}

/**
 * `parse_log_history` of modelcard.py: one row per evaluation, with the last training loss that was logged before it.
 *
 * @param known whether evaluations before the first log have the mean loss of the steps before them
 */
function resultsRows(events: readonly RecordedEvent[], known: boolean): ResultsRow[] {
  const rows: ResultsRow[] = [];
  let trainingLoss: number | undefined;
  for (const event of events) {
    if (event.type === "end") break;
    if (event.type === "log") trainingLoss = event.loss;
    if (event.type === "evaluation" && event.split === "validation") {
      const { epoch, step, metrics, compared, lossSoFar } = event;
      const loss = trainingLoss ?? (known ? lossSoFar : undefined);
      rows.push({ ...(loss !== undefined && { trainingLoss: loss }), epoch, step, metrics, compared });
    }
  }
  return rows;
}
