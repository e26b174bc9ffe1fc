import { snakeCase } from "../recipe/spelling.js";
import type { TrainEvent } from "../run/events.js";
import type { EvaluationNote, NotedScores, RunNote, StartNote, StepsNote } from "../run/notes.js";

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** Milliseconds between two notes about steps, at least. They grow with the run, so that a long one has few notes. */
const SHORTEST = 1000;
/** Part of the run so far. */
const SHARE = 1 / 2000;

/** What was summed up since the last note about steps. */
const nothing = { steps: 0, loss: 0, tokens: 0, seconds: 0 };

/** Turns the events of a run into notes. */
export class NoteTaker {
  #last: Event<"step"> | undefined;
  #since = nothing;
  /** Losses since the last evaluation. */
  #sinceEvaluation = nothing;
  #seconds = 0;
  #begin = 0;
  #noted = Number.NEGATIVE_INFINITY;
  #isStarted = false;

  /**
   * Returns the notes for an event.
   *
   * @param now milliseconds since 1970
   */
  take(event: TrainEvent, now: number): RunNote[] {
    if (event.type === "start") {
      this.#isStarted = true;
      this.#begin = now;
      return [startNote(event, now)];
    }
    if (!this.#isStarted) return [];
    switch (event.type) {
      case "step":
        this.#last = event;
        this.#since = added(this.#since, event);
        this.#sinceEvaluation = added(this.#sinceEvaluation, event);
        this.#seconds += event.seconds;
        return now - this.#noted < Math.max(SHORTEST, (now - this.#begin) * SHARE) ? [] : this.#steps(now);
      case "evaluation": {
        const { steps, loss } = this.#sinceEvaluation;
        const notes = [...this.#steps(now), evaluationNote(event, steps === 0 ? undefined : loss / steps)];
        if (event.split === "validation") this.#sinceEvaluation = nothing;
        this.#seconds += event.seconds;
        return notes;
      }
      case "end": {
        const { reason, step, seconds } = event;
        return [...this.#steps(now), { type: "end", reason, step, seconds }];
      }
      case "failed": {
        const { message, step = 0 } = event;
        return [...this.#steps(now), { type: "end", reason: "failed", step, seconds: null, message }];
      }
      default:
        return [];
    }
  }

  /** The note about the steps since the last one, if there were any. */
  #steps(now: number): StepsNote[] {
    const { steps, loss, tokens, seconds } = this.#since;
    if (steps === 0) return [];
    const { step, epoch, gradNorm, learningRate, memory } = this.#last!;
    this.#since = nothing;
    this.#noted = now;
    const tokensPerSecond = seconds === 0 ? null : tokens / seconds;
    const rest = { gradNorm, learningRate, tokensPerSecond, memory, seconds: this.#seconds };
    return [{ type: "steps", step, epoch, loss: loss / steps, ...rest }];
  }
}

const added = (sums: typeof nothing, { loss, tokens, seconds }: Event<"step">): typeof nothing => ({
  steps: sums.steps + 1,
  loss: sums.loss + loss,
  tokens: sums.tokens + tokens,
  seconds: sums.seconds + seconds,
});

function startNote(event: Event<"start">, time: number): StartNote {
  const { resumedAt, totalSteps, stepsPerEpoch, labels, recipe } = event;
  const { card: _, ...fields } = recipe;
  return {
    type: "start",
    ...{ time, resumedAt, totalSteps, stepsPerEpoch, labels },
    facts: {
      "sentences for training": event.trainSentences,
      "sentences for validation": event.validationSentences,
      "sentences for testing": event.testSentences,
      parameters: event.parameters,
      threads: event.threads,
    },
    recipe: Object.fromEntries(Object.entries(fields).map(([name, value]) => [snakeCase(name), value])),
  };
}

/** Returns an evaluation as a note. */
export function evaluationNote(event: Event<"evaluation">, trainLoss?: number): EvaluationNote {
  const { split, step, epoch, metrics, scores, strict } = event;
  const { loss, precision, recall, f1, accuracy } = metrics;
  const types = Object.entries(scores.types).map(([type, own]): [string, NotedScores] => {
    const { precision, recall, f1, support } = own;
    return [type, { precision, recall, f1, support }];
  });
  return {
    type: "evaluation",
    ...{ split, step, epoch },
    metrics: { loss, precision, recall, f1, accuracy },
    ...(trainLoss !== undefined && { trainLoss }),
    strictF1: strict.micro.f1,
    types: Object.fromEntries(types),
  };
}
