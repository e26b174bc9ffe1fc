import type { TrainEvent } from "../../run/events.js";
import { remainingSeconds } from "../../run/pace.js";
import { emptyCurve, type LossCurve, withLoss } from "./lossCurve.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** Number of steps over which loss and speed are averaged: a single batch says little. */
const RECENT = 20;

/** A linked list of evaluations, newest first, so that adding one does not copy the others. */
interface Evaluations {
  readonly newest: Event<"evaluation">;
  readonly before: Evaluations | undefined;
}

/** The state of a training run. */
export interface RunFigures {
  readonly start: Event<"start"> | undefined;
  readonly download: Event<"download"> | undefined;
  /** Set while training data that is too large for memory is prepared. */
  readonly reading: Event<"reading"> | undefined;
  /** Set while a dry run measures. */
  readonly measuring: Event<"measuring"> | undefined;
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  /** The last steps, oldest first. */
  readonly recent: readonly Event<"step">[];
  /** The losses of all steps. */
  readonly curve: LossCurve;
  /** Sum and number of the losses since the last evaluation. */
  readonly sinceEvaluation: { readonly loss: number; readonly steps: number };
  /** Seconds of all training steps and evaluations. */
  readonly seconds: number;
  /** The highest memory use seen, in bytes. */
  readonly peakMemory: number;
  readonly evaluating: Event<"evaluation-progress"> | undefined;
  readonly evaluations: Evaluations | undefined;
}

export const beforeStart: RunFigures = {
  start: undefined,
  download: undefined,
  reading: undefined,
  measuring: undefined,
  step: 0,
  epoch: 0,
  learningRate: 0,
  recent: [],
  curve: emptyCurve,
  sinceEvaluation: { loss: 0, steps: 0 },
  seconds: 0,
  peakMemory: 0,
  evaluating: undefined,
  evaluations: undefined,
};

/** Returns the figures after an event. Folded over the events of a run. */
export function runFigures(figures: RunFigures, event: TrainEvent): RunFigures {
  switch (event.type) {
    case "start":
      return { ...figures, reading: undefined, start: event };
    case "download":
      return { ...figures, download: event.done < event.total ? event : undefined };
    case "reading":
      return { ...figures, reading: event };
    case "measuring":
      return { ...figures, reading: undefined, measuring: event };
    case "step":
      return {
        ...figures,
        step: event.step,
        epoch: event.epoch,
        learningRate: event.learningRate,
        recent: [...figures.recent.slice(1 - RECENT), event],
        curve: withLoss(figures.curve, event.loss),
        sinceEvaluation: {
          loss: figures.sinceEvaluation.loss + event.loss,
          steps: figures.sinceEvaluation.steps + 1,
        },
        seconds: figures.seconds + event.seconds,
        peakMemory: Math.max(figures.peakMemory, event.memory),
        evaluating: undefined,
      };
    case "evaluation-progress":
      return { ...figures, evaluating: event };
    case "evaluation":
      return {
        ...figures,
        sinceEvaluation: beforeStart.sinceEvaluation,
        seconds: figures.seconds + event.seconds,
        evaluating: undefined,
        evaluations: { newest: event, before: figures.evaluations },
      };
    default:
      return figures;
  }
}

/** All evaluations, newest first. */
export function* evaluationsOf({ evaluations }: RunFigures): Generator<Event<"evaluation">> {
  for (let each = evaluations; each !== undefined; each = each.before) yield each.newest;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The mean loss of the last steps; undefined before the first step. */
export const recentLoss = ({ recent }: RunFigures): number | undefined =>
  recent.length === 0 ? undefined : sum(recent.map(({ loss }) => loss)) / recent.length;

/** The mean loss of the steps since the last evaluation; undefined if there were none. */
export const lossSinceEvaluation = ({ sinceEvaluation: { loss, steps } }: RunFigures): number | undefined =>
  steps === 0 ? undefined : loss / steps;

/** Tokens per second over the last steps. */
export const tokensPerSecond = ({ recent }: RunFigures): number | undefined => {
  const seconds = sum(recent.map((step) => step.seconds));
  return seconds === 0 ? undefined : sum(recent.map(({ tokens }) => tokens)) / seconds;
};

/** Estimates the seconds left. */
export const secondsLeft = ({ start, step, seconds }: RunFigures): number | undefined =>
  start && remainingSeconds({ seconds, step, resumedAt: start.resumedAt, totalSteps: start.totalSteps });
