import { truncate } from "node:fs/promises";
import { z } from "zod";
import type { Splice } from "../../data/index.js";
import { appendLine, attempt, readWholeText } from "../../files/index.js";
import { logDamaged } from "../errors.js";

/** Name of the log, beside the file of suspects. */
export const LOG = "review.jsonl";

/** What a reviewer can do with a suspect. */
export type ReviewAction = "accept" | "keep" | "edit" | "skip";

/** A decision, as the log has it: one line of JSON. */
export interface Decision {
  /** When, in ISO 8601. */
  readonly time: string;
  /** `undo` takes back the last decision that is not taken back. */
  readonly action: ReviewAction | "undo";
  /** Index of the suspect, from 0, in the file of suspects. */
  readonly suspect: number;
  /** Index of the sentence in the data. */
  readonly sentence: number;
  /** The file as the suspects name it. */
  readonly file: string;
  readonly line: number;
  /** The tags before and after. They are equal if nothing was written. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** What was replaced in the file: UTF-16 units of its text. */
  readonly splices: readonly Splice[];
  /** Number of relations that were removed with their entities. Absent if there are none. */
  readonly relations?: number;
  /** sha256 of the file before and after. */
  readonly before: string;
  readonly after: string;
}

const index = z.int().min(0);
const tags = z.array(z.string());

const decisionSchema = z.object({
  time: z.string(),
  action: z.enum(["accept", "keep", "edit", "skip", "undo"]),
  ...{ suspect: index, sentence: index, file: z.string(), line: index, from: tags, to: tags },
  splices: z.array(z.object({ at: index, removed: z.string(), inserted: z.string() })),
  relations: index.exactOptional(),
  ...{ before: z.string(), after: z.string() },
});

/** The decisions of a review, which are written to the disk before the data is. */
export class ReviewLog {
  private constructor(
    readonly file: string,
    private readonly lines: Decision[],
    /** Bytes of the whole lines, if half a line follows. */
    private whole: number | undefined,
  ) {}

  /** @throws NeriumError IMPROVE_LOG_DAMAGED, `FILES_…` */
  static async open(file: string): Promise<ReviewLog> {
    const text = await attempt(file, "read", () =>
      readWholeText(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      }),
    );
    // A power cut may leave half a line at the end. What it says was not done.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const lines = whole.split("\n").flatMap((line, index): Decision[] => {
      if (line.trim() === "") return [];
      try {
        return [decisionSchema.parse(JSON.parse(line))];
      } catch {
        throw logDamaged(`${file}:${index + 1}`);
      }
    });
    return new ReviewLog(file, lines, whole === text ? undefined : Buffer.byteLength(whole));
  }

  /** All decisions, taken back or not. */
  get all(): readonly Decision[] {
    return this.lines;
  }

  get last(): Decision | undefined {
    return this.lines.at(-1);
  }

  /** The decisions that are not taken back, in order. */
  get standing(): Decision[] {
    const standing: Decision[] = [];
    for (const decision of this.lines)
      if (decision.action === "undo") standing.pop();
      else standing.push(decision);
    return standing;
  }

  async add(decision: Decision): Promise<void> {
    const { whole } = this;
    if (whole !== undefined) await attempt(this.file, "write", () => truncate(this.file, whole));
    this.whole = undefined;
    await appendLine(this.file, JSON.stringify(decision));
    this.lines.push(decision);
  }
}
