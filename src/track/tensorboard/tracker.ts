import { type FileHandle, open, readdir, readFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { z } from "zod";
import type { NeriumWarning } from "../../errors.js";
import { makeFolders } from "../../files/index.js";
import type { Recipe } from "../../recipe/index.js";
import { snakeCase } from "../../recipe/spelling.js";
import { readRecord, writeRecord } from "../record.js";
import { trainerTag } from "../tags.js";
import type { Figures, Start, Tracker } from "../tracker.js";
import { lastSteps, restartEvent, scalarsEvent, textEvent, versionEvent } from "./events.js";

const NAME = "tensorboard";

const recordSchema = z.object({ folder: z.string() });

/** Where event files go, and what they need from outside. */
export interface TensorBoardEdge {
  /** Folder of the event files. Defaults to a new folder in `runs` of the output folder. */
  readonly folder: string | undefined;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Writes an event file that TensorBoard reads, with Trainer's tags: `train/loss`, `eval/f1`. A resumed run
 * continues in the same folder, in a new file. That file first takes back what the interrupted run wrote after its
 * last checkpoint, so that TensorBoard shows each step once.
 */
export class TensorBoardTracker implements Tracker {
  #work: Promise<void> = Promise.resolve();
  #file: FileHandle | undefined;
  #last = new Map<string, number>();
  #failure: string | undefined;
  #warnings: NeriumWarning[] = [];

  constructor(private readonly edge: TensorBoardEdge) {}

  begin(start: Start): void {
    this.#then(() => this.#open(start));
  }

  take({ step, values }: Figures): void {
    const seconds = this.#seconds();
    this.#then(async () => {
      const scalars = Object.entries(values)
        .map(([name, value]) => [trainerTag(name), value] as const)
        .filter(([tag]) => step > (this.#last.get(tag) ?? -1));
      for (const [tag] of scalars) this.#last.set(tag, step);
      if (scalars.length > 0) await this.#write(scalarsEvent(seconds, step, Object.fromEntries(scalars)));
    });
  }

  async end(): Promise<void> {
    await this.#work;
    await this.#file?.close().catch(() => {});
    this.#file = undefined;
  }

  warnings(): NeriumWarning[] {
    return this.#warnings.splice(0);
  }

  #seconds(): number {
    return this.edge.now() / 1000;
  }

  /** Does some work after all before it. After a failure nothing more is done. */
  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await work();
      } catch (error) {
        this.#failure = (error as Error).message;
        const message = `Nothing more is written for TensorBoard: ${this.#failure}`;
        this.#warnings.push({ code: "TENSORBOARD_FAILED", message });
      }
    });
  }

  async #open({ recipe, resumedAt }: Start): Promise<void> {
    const begun = resumedAt > 0 ? await recordedFolder(recipe.output) : undefined;
    const folder = begun ?? (await freshFolder(this.edge, recipe.output));
    await makeFolders(folder);
    const before = begun === undefined ? [] : await eventFiles(folder);
    for (const name of before) {
      const steps = lastSteps(await readFile(join(folder, name)), resumedAt);
      for (const [tag, step] of steps) this.#last.set(tag, Math.max(step, this.#last.get(tag) ?? 0));
    }
    // TensorBoard reads the files of a folder in the order of their names.
    const seconds = String(Math.floor(this.#seconds())).padStart(10, "0");
    this.#file = await open(
      join(folder, `events.out.tfevents.${seconds}.${process.pid}.${before.length}`),
      "ax",
    );
    const inside = relative(recipe.output, folder);
    const recorded = inside.startsWith("..") || isAbsolute(inside) ? resolve(folder) : inside;
    await writeRecord(recipe.output, NAME, { folder: recorded });
    const now = this.#seconds();
    await this.#write(versionEvent(now));
    if (begun === undefined) await this.#write(textEvent(now, "args", argumentsText(recipe)));
    else await this.#write(restartEvent(now, resumedAt + 1));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file!.writeFile(bytes);
  }
}

async function recordedFolder(output: string): Promise<string | undefined> {
  const { data } = recordSchema.safeParse(await readRecord(output, NAME));
  return data && resolve(output, data.folder);
}

/** A folder without event files, so that two runs do not become one. */
async function freshFolder({ folder, now }: TensorBoardEdge, output: string): Promise<string> {
  if (folder !== undefined && (await eventFiles(folder)).length === 0) return folder;
  const parent = folder ?? join(output, "runs");
  const time = new Date(now()).toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-");
  for (let number = 1; ; number++) {
    const fresh = join(parent, number === 1 ? time : `${time}.${number}`);
    if ((await eventFiles(fresh)).length === 0) return fresh;
  }
}

async function eventFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.includes(".tfevents.")).sort();
}

/** The recipe as Trainer's `args.to_json_string()`. */
function argumentsText(recipe: Recipe): string {
  const fields = Object.entries(recipe).map(([name, value]) => [snakeCase(name), value]);
  return JSON.stringify(Object.fromEntries(fields), null, 2);
}
