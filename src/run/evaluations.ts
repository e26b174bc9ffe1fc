import type { SeqevalScores } from "../evaluate/seqeval.js";
import type { ComparedWeights, EvaluationMetrics } from "./events.js";

/** An evaluation of the run, as far as cards and HF's files look at it. */
export interface EvaluationEvent {
  readonly type: "evaluation";
  readonly split: "validation" | "test";
  readonly step: number;
  readonly epoch: number;
  readonly metrics: EvaluationMetrics;
  readonly compared?: ComparedWeights | undefined;
  readonly scores: SeqevalScores;
  readonly strict: SeqevalScores;
  readonly argmax?: SeqevalScores | undefined;
  readonly seconds: number;
  readonly sentences: number;
}

/** Sums over steps; step and epoch are those of the last one. */
export interface StepTotals {
  readonly count: number;
  readonly loss: number;
  readonly tokens: number;
  readonly step: number;
  readonly epoch: number;
}

/**
 * The events of a training run, as far as cards and HF's files look at them; `TrainEvent` of train/ is one of these.
 * It stands here because imports point from train/ to card/.
 */
export type RunEvent =
  | {
      readonly type: "start";
      readonly trainSentences: number;
      readonly totalSteps: number;
      readonly epochs: number;
    }
  | { readonly type: "reading" }
  | {
      readonly type: "step";
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      readonly tokens: number;
    }
  | {
      readonly type: "log";
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      readonly gradNorm: number;
      readonly learningRate: number;
    }
  /** Steps that are summed up: as good as their single events. */
  | ({ readonly type: "steps" } & StepTotals)
  | EvaluationEvent
  | {
      readonly type: "save";
      readonly step: number;
      readonly folder: string;
      readonly reason: "best" | "last" | "checkpoint";
    }
  | {
      readonly type: "end";
      readonly reason: "finished" | "early-stopping" | "stopped";
      readonly step: number;
      readonly epoch: number;
      readonly seconds: number;
    }
  | { readonly type: "warning" | "notice" | "download" | "evaluation-progress" | "failed" | "closed" };

/** How the best evaluation is told, as HF's arguments of these names say it. */
export interface BestModelChoice {
  /** `loss`, `precision`, `recall`, `f1` or `accuracy`, with or without `eval_`; `loss` where it is left out. */
  readonly metricForBestModel?: string | undefined;
  /** Left out: a loss should be small, anything else large. */
  readonly greaterIsBetter?: boolean | undefined;
  /** The saved weights are the best ones and not the last. */
  readonly loadBestModelAtEnd?: boolean | undefined;
}

/** The name of the metric without `eval_`, and whether more of it is better. */
export function bestMetric(choice: BestModelChoice): {
  readonly name: keyof EvaluationMetrics;
  readonly greater: boolean;
} {
  const name = (choice.metricForBestModel ?? "loss").replace(/^eval_/, "") as keyof EvaluationMetrics;
  return { name, greater: choice.greaterIsBetter ?? !name.endsWith("loss") };
}

/** The first of the best evaluations, as HF keeps it: a later one has to be truly better. */
export function bestEvaluation(
  evaluations: readonly EvaluationEvent[],
  choice: BestModelChoice,
): EvaluationEvent | undefined {
  const { name, greater } = bestMetric(choice);
  let best: EvaluationEvent | undefined;
  let record = greater ? -Infinity : Infinity;
  for (const evaluation of evaluations) {
    const value = evaluation.metrics[name];
    // Asked this way round, NaN is never better.
    if (!(greater ? value > record : value < record)) continue;
    best = evaluation;
    record = value;
  }
  return best;
}

/** Evaluations on the evaluation set, in order. */
export function validations(events: readonly RunEvent[]): EvaluationEvent[] {
  return events.filter(
    (event): event is EvaluationEvent => event.type === "evaluation" && event.split === "validation",
  );
}

/** The evaluation whose weights the run leaves behind: the best where those are loaded at the end, else the last. */
export function reportedEvaluation(
  events: readonly RunEvent[],
  choice: BestModelChoice,
): EvaluationEvent | undefined {
  const all = validations(events);
  return choice.loadBestModelAtEnd ? bestEvaluation(all, choice) : all.at(-1);
}

/** The test set's evaluation: there is one, at the end. */
export function testEvaluation(events: readonly RunEvent[]): EvaluationEvent | undefined {
  return events.findLast(
    (event): event is EvaluationEvent => event.type === "evaluation" && event.split === "test",
  );
}

/** Sums over all steps. */
export function stepTotals(events: readonly RunEvent[]): StepTotals {
  let { count, loss, tokens, step, epoch } = { count: 0, loss: 0, tokens: 0, step: 0, epoch: 0 };
  for (const event of events)
    if (event.type === "step" || event.type === "steps") {
      count += event.type === "step" ? 1 : event.count;
      loss += event.loss;
      tokens += event.tokens;
      ({ step, epoch } = event);
    }
  return { count, loss, tokens, step, epoch };
}

/** The end of the run, once it is there. */
export function endOf(events: readonly RunEvent[]): Extract<RunEvent, { type: "end" }> | undefined {
  return events.findLast((event) => event.type === "end");
}
