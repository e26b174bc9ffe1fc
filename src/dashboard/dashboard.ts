import type { DashboardMessage } from "../run/notes.js";
import { findRuns } from "./findRuns.js";
import { ShownRun } from "./shownRun.js";

/** Milliseconds between two looks at the runs, and looks between two searches for new ones. */
const LOOK = 1000;
const SEARCH = 5;

/** Runs that are shown at most: those that were found first. */
const MOST_RUNS = 100;
/** Notes in one message. */
const AT_ONCE = 1000;

/** How far a reader is. */
export interface Reader {
  /** The list of runs that it has. */
  runs: string;
  /** The notes that it has of each run. */
  readonly notes: Map<string, { version: number; count: number }>;
}

export const newReader = (): Reader => ({ runs: "", notes: new Map() });

/** The runs in some folders, as long as someone looks. */
export class Dashboard {
  readonly #runs = new Map<string, ShownRun>();
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #looking: Promise<void> | undefined;

  constructor(private readonly folders: readonly string[]) {}

  /** Calls a function after each look at the runs, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) this.#begin();
    else listener();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #begin(): void {
    this.#looks = 0;
    this.#timer = setInterval(() => void this.look(), LOOK).unref();
    void this.look();
  }

  /** Reads what is new, and tells everyone. Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined;
      for (const listener of this.#listeners) listener();
    });
    return this.#looking;
  }

  async #read(): Promise<void> {
    if (this.#looks++ % SEARCH === 0)
      for (const { name, folder } of await findRuns(this.folders))
        if (!this.#runs.has(folder) && this.#runs.size < MOST_RUNS)
          this.#runs.set(folder, new ShownRun(String(this.#runs.size), name, folder));
    for (const run of this.#runs.values()) await run.refresh();
  }

  /** Returns the next message for a reader, or `undefined` if it has everything. */
  next(reader: Reader): DashboardMessage | undefined {
    const runs = [...this.#runs.values()];
    const message: DashboardMessage = {
      type: "runs",
      folders: this.folders,
      runs: runs.map(({ id, name, folder, status }) => ({ id, name, folder, status })),
    };
    const list = JSON.stringify(message);
    if (list !== reader.runs) {
      reader.runs = list;
      return message;
    }
    for (const { id, notes } of runs) {
      const has = reader.notes.get(id);
      const anew = has?.version !== notes.version;
      const from = anew ? 0 : has.count;
      if (!(anew || from < notes.all.length)) continue;
      const some = notes.all.slice(from, from + AT_ONCE);
      reader.notes.set(id, { version: notes.version, count: from + some.length });
      return { type: "notes", id, anew, notes: some };
    }
    return undefined;
  }
}
