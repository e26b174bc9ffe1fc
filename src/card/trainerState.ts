import {
  type BestModelChoice,
  bestEvaluation,
  bestMetric,
  reportedEvaluation,
  testEvaluation,
  validations,
} from "../run/evaluations.js";
import { endOf, type RecordedEvent, stepTotals } from "../run/history.js";
import { type TrainerJson, trainerJson } from "./trainerJson.js";
import { evaluationLog, evaluationMetrics, type LogEntry, lossLog, speed } from "./trainerLogs.js";

/** HF Trainer's record of a run. */
export const TRAINER_STATE = "trainer_state.json";

/** What HF's files say about a run besides its events. */
export interface TrainerStateSettings extends BestModelChoice {
  readonly trainBatchSize: number;
  readonly evalBatchSize: number;
  /** These three: number of steps, or a share of all steps if below 1. Each defaults to 500. */
  readonly loggingSteps?: number | undefined;
  readonly evalSteps?: number | undefined;
  readonly saveSteps?: number | undefined;
  /**
   * Number of parameters without embedding tables. `total_flos` counts it six times per token, and is 0 if it
   * is omitted.
   */
  readonly parametersWithoutEmbeddings?: number | undefined;
}

/**
 * Returns the text of `trainer_state.json` (`TrainerState` of transformers' trainer_callback.py) after these
 * events.
 */
export function trainerState(settings: TrainerStateSettings, events: readonly RecordedEvent[]): string {
  const start = events.find((event) => event.type === "start");
  const maxSteps = start?.totalSteps ?? 0;
  const last = events.findLast(
    (event) =>
      event.type === "step" ||
      event.type === "steps" ||
      event.type === "log" ||
      event.type === "evaluation" ||
      event.type === "end",
  );
  const best =
    settings.metricForBestModel !== undefined || settings.loadBestModelAtEnd
      ? bestEvaluation(validations(events), settings)
      : undefined;
  const bestSave = events.findLast((event) => event.type === "save" && event.reason === "best");
  const steps = (value = 500): number => (value < 1 ? Math.ceil(maxSteps * value) : value);
  const state: TrainerJson = {
    best_global_step: best?.step ?? null,
    best_metric: best?.metrics[bestMetric(settings).name] ?? null,
    best_model_checkpoint: bestSave?.type === "save" ? bestSave.folder : null,
    epoch: last?.epoch ?? 0,
    eval_steps: steps(settings.evalSteps),
    global_step: last?.step ?? 0,
    is_hyper_param_search: false,
    is_local_process_zero: true,
    is_world_process_zero: true,
    log_history: logHistory(settings, events),
    logging_steps: steps(settings.loggingSteps),
    max_steps: maxSteps,
    num_input_tokens_seen: 0,
    num_train_epochs: start?.epochs ?? 0,
    save_steps: steps(settings.saveSteps),
    stateful_callbacks: {},
    total_flos: totalFlos(settings, events),
    train_batch_size: settings.trainBatchSize,
    trial_name: null,
    trial_params: null,
  };
  return `${trainerJson(state, 2)}\n`;
}

/**
 * Returns the other files that run_ner leaves, by name: `train_results.json`, `eval_results.json` and
 * `predict_results.json` (the test set), each if there is something for it, and `all_results.json`.
 */
export function resultFiles(
  settings: TrainerStateSettings,
  events: readonly RecordedEvent[],
): Readonly<Record<string, string>> {
  const start = events.find((event) => event.type === "start");
  const end = endOf(events);
  const reported = reportedEvaluation(events, settings);
  const test = testEvaluation(events);
  const results = {
    ...(end && {
      train: {
        ...trainMetrics(settings, events, end),
        epoch: end.epoch,
        train_samples: start?.trainSentences ?? 0,
      },
    }),
    ...(reported && {
      eval: {
        ...evaluationMetrics("eval", reported, settings.evalBatchSize),
        epoch: reported.epoch,
        eval_samples: reported.sentences,
      },
    }),
    ...(test && { predict: evaluationMetrics("predict", test, settings.evalBatchSize) }),
  };
  const files: Record<string, string> = {};
  const all: LogEntry = {};
  for (const [split, metrics] of Object.entries(results)) {
    Object.assign(all, metrics);
    files[`${split}_results.json`] = trainerJson(metrics, 4);
  }
  return { ...files, "all_results.json": trainerJson(all, 4) };
}

/** One entry per log and per validation, and the totals at the end of training. */
function logHistory(settings: TrainerStateSettings, events: readonly RecordedEvent[]): LogEntry[] {
  return events.flatMap((event) => {
    if (event.type === "log") return [lossLog(event)];
    if (event.type === "evaluation" && event.split === "validation")
      return [evaluationLog(event, settings.evalBatchSize)];
    if (event.type !== "end") return [];
    const { epoch, step } = event;
    return [{ ...trainMetrics(settings, events, event), epoch, step }];
  });
}

function trainMetrics(
  settings: TrainerStateSettings,
  events: readonly RecordedEvent[],
  end: Extract<RecordedEvent, { type: "end" }>,
): LogEntry {
  const sentences = events.find((event) => event.type === "start")?.trainSentences ?? 0;
  const { count, loss } = stepTotals(events);
  return {
    ...speed("train", end.seconds, sentences * end.epoch, count),
    total_flos: totalFlos(settings, events),
    train_loss: loss / count,
  };
}

function totalFlos(settings: TrainerStateSettings, events: readonly RecordedEvent[]): number {
  return 6 * stepTotals(events).tokens * (settings.parametersWithoutEmbeddings ?? 0);
}
