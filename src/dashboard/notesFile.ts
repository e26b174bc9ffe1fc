import { open, stat } from "node:fs/promises";
import { limits } from "../limits.js";
import type { RunNote } from "../run/notes.js";
import { noteIn } from "./noteSchema.js";

/** Bytes that are read at once, and those at the beginning by which a file is recognised. */
const CHUNK = 2 ** 20;
const HEAD = 64;

const NEWLINE = 0x0a;

/** What was found in a file of notes since the last look. */
export interface FoundNotes {
  /** True if the file is another one than before, so that earlier notes do not count. */
  readonly anew: boolean;
  readonly notes: readonly RunNote[];
}

/** Reads the notes of a run while they are written. */
export class NotesFile {
  #position = 0;
  #head = "";
  #inode = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly path: string) {}

  /** Returns the new notes, or `undefined` if there is no such file. */
  async look(): Promise<FoundNotes | undefined> {
    const found = await stat(this.path).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    if (found.ino === this.#inode && found.size === this.#position) return { anew: false, notes: [] };
    const file = await open(this.path, "r");
    try {
      const head = (await read(file, 0, HEAD)).toString("latin1");
      const anew = found.ino !== this.#inode || found.size < this.#position || !head.startsWith(this.#head);
      if (anew) {
        this.#position = 0;
        this.#rest = Buffer.alloc(0);
      }
      this.#inode = found.ino;
      this.#head = head;
      const notes: RunNote[] = [];
      const end = Math.min(found.size, limits.wholeFileBytes);
      while (this.#position < end) {
        const bytes = await read(file, this.#position, Math.min(CHUNK, end - this.#position));
        if (bytes.length === 0) break;
        this.#position += bytes.length;
        notes.push(...this.#notesIn(bytes));
      }
      return { anew, notes };
    } finally {
      await file.close();
    }
  }

  /** The notes in whole lines. The rest waits for more. */
  #notesIn(bytes: Buffer): RunNote[] {
    const all = Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(NEWLINE) + 1;
    this.#rest = all.subarray(end);
    if (this.#rest.length > limits.recordUnits) this.#rest = Buffer.alloc(0);
    return all
      .toString("utf8", 0, end)
      .split("\n")
      .flatMap((line) => (line === "" ? [] : (noteIn(line) ?? [])));
  }
}

async function read(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
