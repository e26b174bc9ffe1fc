import type { EndNote, EvaluationNote, ListedRun, RunNote, StartNote, StepsNote } from "../../run/notes.js";
import { remainingSeconds } from "../../run/pace.js";

/** What is known of a run. */
export class Run {
  start: StartNote | undefined;
  steps: StepsNote[] = [];
  /** On the validation data. */
  evaluations: EvaluationNote[] = [];
  test: EvaluationNote | undefined;
  end: EndNote | undefined;

  constructor(public listed: ListedRun) {}

  /** @param anew whether the notes replace all earlier ones */
  take(notes: readonly RunNote[], anew: boolean): void {
    if (anew) {
      this.start = undefined;
      this.steps = [];
      this.evaluations = [];
      this.test = undefined;
      this.end = undefined;
    }
    for (const note of notes) {
      if (note.type === "start") this.start = note;
      else if (note.type === "steps") this.steps.push(note);
      else if (note.type === "end") this.end = note;
      else if (note.split === "test") this.test = note;
      else this.evaluations.push(note);
    }
  }

  get last(): StepsNote | undefined {
    return this.steps.at(-1);
  }

  get step(): number {
    return Math.max(this.last?.step ?? 0, this.evaluations.at(-1)?.step ?? 0);
  }

  get epoch(): number {
    return Math.max(this.last?.epoch ?? 0, this.evaluations.at(-1)?.epoch ?? 0);
  }

  get bestF1(): number | undefined {
    const all = this.evaluations.flatMap(({ metrics: { f1 } }) => f1 ?? []);
    return all.length === 0 ? undefined : Math.max(...all);
  }

  /** Seconds of a run that has ended, or of a running one since its start. */
  get seconds(): number | undefined {
    return this.end?.seconds ?? this.last?.seconds ?? undefined;
  }

  /** An estimate, while the run goes on. */
  get secondsLeft(): number | undefined {
    const { start, last } = this;
    if (this.listed.status !== "running" || start === undefined || typeof last?.seconds !== "number")
      return undefined;
    const { resumedAt, totalSteps } = start;
    return remainingSeconds({ seconds: last.seconds, step: last.step, resumedAt, totalSteps });
  }

  /** The newest evaluation with scores by type. */
  get scored(): EvaluationNote | undefined {
    const all = this.test === undefined ? this.evaluations : [...this.evaluations, this.test];
    return all.findLast(({ types }) => types !== undefined);
  }
}
