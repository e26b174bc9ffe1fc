import { type FileHandle, lstat, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { RUN_NOTES } from "../recipe/index.js";
import type { TrainListener } from "../run/driveRun.js";
import { NoteTaker } from "./noteTaker.js";

/** Milliseconds that the last notes may take to be written before the run ends. */
const PATIENCE = 2000;

/** How every file of notes begins. */
const HEAD = '{"type":"start"';

/** What a recorder needs from outside. */
export interface RecorderEdge {
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  /** Called once if the notes cannot be written. The run goes on without them. */
  readonly onProblem: (message: string) => void;
}

/**
 * Returns a listener that writes notes of a run into its output folder, for `nerium dashboard`. It never holds up the
 * run: notes are written in the background, one after the other.
 */
export function runRecorder(folder: string, { now, onProblem }: RecorderEdge): TrainListener {
  const taker = new NoteTaker();
  let file: FileHandle | undefined;
  let isLost = false;
  let work: Promise<void> = Promise.resolve();
  const then = (job: () => Promise<void>): void => {
    work = work.then(async () => {
      if (isLost) return;
      try {
        await job();
      } catch (error) {
        isLost = true;
        onProblem(`The run cannot be shown by nerium dashboard: ${(error as Error).message}`);
      }
    });
  };
  return (event) => {
    const notes = taker.take(event, now());
    if (event.type === "start")
      then(async () => {
        file = await opened(join(folder, RUN_NOTES), event.resumedAt > 0);
      });
    if (notes.length > 0)
      then(async () => {
        await file!.writeFile(notes.map((note) => `${JSON.stringify(note)}\n`).join(""));
      });
    if (event.type !== "closed") return;
    const end = work.then(() => file?.close()).catch(() => {});
    return Promise.race([end, wait(PATIENCE, undefined, { ref: false })]);
  };
}

/** Opens the file of notes: at its end to continue a run, otherwise a new one. */
async function opened(path: string, continues: boolean): Promise<FileHandle> {
  if (!(await isOurs(path))) throw new Error(`${path} was not written by Nerium`);
  if (continues) {
    const file = await open(path, "a");
    // A run that was killed may have left half a line.
    if ((await file.stat()).size > 0) await file.writeFile("\n");
    return file;
  }
  // A new file instead of an empty one, so that readers notice.
  await unlink(path).catch(() => {});
  return open(path, "wx");
}

/** Whether there is no file, or one of notes. */
async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return true;
  if (!found.isFile()) return false;
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD.length), 0, HEAD.length, 0);
    return HEAD.startsWith(buffer.toString("latin1", 0, bytesRead));
  } finally {
    await file.close();
  }
}
