import type { EvaluationNote, RunNote } from "../run/notes.js";

/** The notes of a run in their order. A resumed run takes back what came after the step where it continues. */
export class RunNotes {
  #all: RunNote[] = [];
  #version = 0;

  get all(): readonly RunNote[] {
    return this.#all;
  }

  /** Grows when notes other than the last ones change, so that a reader has to begin anew. */
  get version(): number {
    return this.#version;
  }

  clear(): void {
    if (this.#all.length === 0) return;
    this.#all = [];
    this.#version++;
  }

  add(note: RunNote): void {
    if (note.type === "start") this.#keep((each) => staysAt(each, note.resumedAt));
    if (note.type === "evaluation") this.#keep((each) => !isSame(each, note));
    this.#all.push(note);
  }

  #keep(stays: (note: RunNote) => boolean): void {
    const kept = this.#all.filter(stays);
    if (kept.length === this.#all.length) return;
    this.#all = kept;
    this.#version++;
  }
}

/** Whether a note still holds when the run continues after a step. */
function staysAt(note: RunNote, step: number): boolean {
  if (step === 0 || note.type === "start" || note.type === "end") return false;
  return note.step <= step && !(note.type === "evaluation" && note.split === "test");
}

/** A run that was interrupted during an evaluation repeats it. */
const isSame = (note: RunNote, { split, step }: EvaluationNote): boolean =>
  note.type === "evaluation" && note.split === split && note.step === step;
