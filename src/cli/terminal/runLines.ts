import type { Recipe } from "../../recipe/index.js";
import type { TrainEvent } from "../../run/events.js";
import { visible } from "../../shown.js";
import type { Colours } from "./colours.js";
import { evaluationHead, evaluationRow, evaluationText } from "./evaluationRow.js";
import { count, counted, epochs, memory, parameterFigure, rate } from "./figures.js";
import { noteText, warningText } from "./messages.js";
import { lossSinceEvaluation, type RunFigures } from "./runFigures.js";
import { logParts } from "./statusLine.js";
import { wrapped } from "./wrapped.js";

/** The layout of lines: for a terminal of some width, or for a log. */
export interface Layout {
  /** True if there is a status line, which shows the steps. */
  readonly terminal: boolean;
  /** Width that lines must fit. */
  readonly width: number;
  readonly colours: Colours;
}

/** Width of the labels before the facts of a run. */
const LABEL = 11;

/** Seconds of work after which a log gets a line, even if `logging_steps` does not request one. */
const QUIET_FOR = 60;

/**
 * Returns the permanent lines for an event. `before` and `after` are the run's figures before and after it.
 */
export function runLines(event: TrainEvent, before: RunFigures, after: RunFigures, layout: Layout): string[] {
  const { terminal, width, colours } = layout;
  switch (event.type) {
    case "start":
      return startLines(event).map((line) => wrapped(visible(line), width, " ".repeat(LABEL)));
    case "download":
      return event.done < event.total ? [] : [`downloaded ${visible(event.name)}, ${memory(event.total)}`];
    case "warning":
      return [warningText(event, colours, width)];
    case "notice":
      return [noteText(event.message, colours, width)];
    case "step": {
      const aMinuteWentBy = Math.floor(before.seconds / QUIET_FOR) < Math.floor(after.seconds / QUIET_FOR);
      const logged = event.step % (after.start?.recipe.loggingSteps ?? 1) === 0;
      return !terminal && aMinuteWentBy && !logged ? [logParts(after)] : [];
    }
    case "log":
      return terminal ? [] : [logParts(after, event.loss)];
    case "evaluation": {
      const line = { event, trainLoss: lossSinceEvaluation(before) };
      if (!terminal) return [evaluationText(line)];
      // The test set is scored once, at the very end; the summary contains its report.
      if (event.split === "test") return [];
      const first = before.evaluations === undefined;
      const table = { width, averages: after.start?.recipe.emaDecay !== undefined };
      return [...(first ? [colours.bold(evaluationHead(table))] : []), evaluationRow(line, table)];
    }
    case "save":
      return terminal ? [] : [`saved ${visible(event.folder)} (${event.reason})`];
    default:
      return [];
  }
}

function startLines(event: Extract<TrainEvent, { type: "start" }>): string[] {
  const { recipe, vocabulary, labels, totalSteps, stepsPerEpoch, batchSize, resumedAt } = event;
  const sets = [
    `${count(event.trainSentences)} for training`,
    ...(event.validationSentences > 0 ? [`${count(event.validationSentences)} for validation`] : []),
    ...(event.testSentences > 0 ? [`${count(event.testSentences)} for testing`] : []),
  ];
  const batches = recipe.gradientAccumulationSteps;
  const batch =
    "windows" in batchSize
      ? counted(batchSize.windows * batches, "sentence")
      : `about ${counted(batchSize.tokens * batches, "token")}`;
  const number = epochs(totalSteps / stepsPerEpoch);
  const rows = `${count(vocabulary.used)} of ${count(vocabulary.total)}`;
  return [
    `model      ${recipe.model}, ${parameterFigure(event.parameters)} parameters, ${rows} word embeddings used`,
    `sentences  ${sets.join(", ")}`,
    `labels     ${labels.join(" ")}`,
    `steps      ${count(totalSteps)} of ${batch} each, ${number === "1" ? "1 epoch" : `${number} epochs`}, ${counted(event.threads, "thread")}`,
    `rate       ${rates(recipe)}, ${recipe.lrSchedulerType}, seed ${recipe.seed}`,
    ...(resumedAt === 0 ? [] : [`resumed    after step ${count(resumedAt)}`]),
    "",
  ];
}

const rates = ({ learningRate, headLearningRate, layerwiseLrDecay }: Recipe): string =>
  [
    rate(learningRate),
    ...(layerwiseLrDecay === undefined ? [] : [`times ${layerwiseLrDecay} per layer from the top down`]),
    ...(headLearningRate === undefined ? [] : [`${rate(headLearningRate)} for the classifier`]),
  ].join(", ");
