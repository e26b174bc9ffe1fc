import { join } from "node:path";
import { isLocked } from "../files/index.js";
import { RUN_NOTES } from "../recipe/index.js";
import type { RunNote, RunStatus } from "../run/notes.js";
import { NotesFile } from "./notesFile.js";
import { recordedNotes, recordState } from "./recordedNotes.js";
import { RunNotes } from "./runNotes.js";

/** A run that a dashboard shows: what is known of it, from the files in its folder. */
export class ShownRun {
  readonly notes = new RunNotes();
  #status: RunStatus = "waiting";
  readonly #file: NotesFile;
  /** The state of the records that the notes are from, if the run wrote no notes. */
  #record = "";

  constructor(
    readonly id: string,
    readonly name: string,
    readonly folder: string,
  ) {
    this.#file = new NotesFile(join(folder, RUN_NOTES));
  }

  get status(): RunStatus {
    return this.#status;
  }

  /** Reads what is new in the folder. */
  async refresh(): Promise<void> {
    const found = await this.#file.look().catch(() => undefined);
    if (found === undefined) await this.#readRecords();
    else {
      if (found.anew) {
        this.notes.clear();
        await this.#readEarlier(found.notes[0]);
      }
      for (const note of found.notes) this.notes.add(note);
    }
    this.#status = await this.#present();
  }

  async #readRecords(): Promise<void> {
    const state = await recordState(this.folder);
    if (state === this.#record) return;
    this.#record = state;
    const notes = await recordedNotes(this.folder).catch(() => []);
    this.notes.clear();
    for (const note of notes) this.notes.add(note);
  }

  /** A run that was begun without notes, and is continued with them. */
  async #readEarlier(first: RunNote | undefined): Promise<void> {
    if (first?.type !== "start" || first.resumedAt === 0) return;
    for (const note of await recordedNotes(this.folder).catch(() => [])) this.notes.add(note);
  }

  async #present(): Promise<RunStatus> {
    const last = this.notes.all.at(-1);
    if (last?.type === "end") return last.reason;
    if (await isLocked(this.folder)) return "running";
    return last === undefined ? "waiting" : "interrupted";
  }
}
