import { fixed } from "../evaluate/fixed.js";
import {
  type BestModelChoice,
  bestEvaluation,
  bestMetric,
  reportedEvaluation,
  testEvaluation,
  validations,
} from "../run/evaluations.js";
import { endOf, type RecordedEvaluation, type RecordedEvent, stepTotals } from "../run/history.js";
import { type TrainerJson, trainerJson } from "./trainerJson.js";

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

type Entry = Record<string, number>;

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
        ...evaluationMetrics("eval", settings, reported),
        epoch: reported.epoch,
        eval_samples: reported.sentences,
      },
    }),
    ...(test && { predict: evaluationMetrics("predict", settings, test) }),
  };
  const files: Record<string, string> = {};
  const all: Entry = {};
  for (const [split, metrics] of Object.entries(results)) {
    Object.assign(all, metrics);
    files[`${split}_results.json`] = trainerJson(metrics, 4);
  }
  return { ...files, "all_results.json": trainerJson(all, 4) };
}

/** One entry per log and per validation, and the totals at the end of training. */
function logHistory(settings: TrainerStateSettings, events: readonly RecordedEvent[]): Entry[] {
  const entries: Entry[] = [];
  for (const event of events) {
    if (event.type === "log") {
      const { loss, gradNorm, learningRate, epoch, step } = event;
      entries.push({ loss, grad_norm: gradNorm, learning_rate: learningRate, epoch, step });
    } else if (event.type === "evaluation" && event.split === "validation") {
      const compared = comparedMetrics(event);
      entries.push({
        ...evaluationMetrics("eval", settings, event),
        ...compared,
        epoch: event.epoch,
        step: event.step,
      });
    } else if (event.type === "end") {
      entries.push({ ...trainMetrics(settings, events, event), epoch: event.epoch, step: event.step });
    }
  }
  return entries;
}

function evaluationMetrics(
  prefix: "eval" | "predict",
  settings: TrainerStateSettings,
  event: RecordedEvaluation,
): Entry {
  const batches = Math.ceil(event.sentences / settings.evalBatchSize);
  return {
    ...Object.fromEntries(Object.entries(event.metrics).map(([name, value]) => [`${prefix}_${name}`, value])),
    ...speed(prefix, event.seconds, event.sentences, batches),
  };
}

/** `eval_last_f1`, `eval_average_f1` and so on, if an average of the weights was evaluated as well. */
const comparedMetrics = ({ compared }: RecordedEvaluation): Entry =>
  Object.fromEntries(
    (["last", "average"] as const).flatMap((weights) =>
      Object.entries(compared?.[weights] ?? {}).map(([name, value]) => [`eval_${weights}_${name}`, value]),
    ),
  );

function trainMetrics(
  settings: TrainerStateSettings,
  events: readonly RecordedEvent[],
  end: Extract<RecordedEvent, { type: "end" }>,
): Entry {
  const sentences = events.find((event) => event.type === "start")?.trainSentences ?? 0;
  const { count, loss } = stepTotals(events);
  return {
    ...speed("train", end.seconds, sentences * end.epoch, count),
    total_flos: totalFlos(settings, events),
    train_loss: loss / count,
  };
}

/** `speed_metrics` of trainer_utils.py: seconds with four digits, samples and steps per second with three. */
function speed(split: string, seconds: number, samples: number, steps: number): Entry {
  return {
    [`${split}_runtime`]: Number(fixed(seconds, 4)),
    ...(seconds > 0 && {
      [`${split}_samples_per_second`]: Number(fixed(samples / seconds, 3)),
      [`${split}_steps_per_second`]: Number(fixed(steps / seconds, 3)),
    }),
  };
}

function totalFlos(settings: TrainerStateSettings, events: readonly RecordedEvent[]): number {
  return 6 * stepTotals(events).tokens * (settings.parametersWithoutEmbeddings ?? 0);
}
