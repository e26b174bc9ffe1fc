import { join } from "node:path";
import { z } from "zod";
import { attempt, readWholeText, writeFileAtomically } from "../files/index.js";

const rangeSchema = z.object({ from: z.number().int(), to: z.number().int() });

/** Rows of a shard, from the first to before the last. */
export type Rows = z.infer<typeof rangeSchema>;

const triesSchema = z.object({
  schema_version: z.literal(1),
  /** The tokens of the claims that were counted. */
  counted: z.array(z.string()),
  /** The rows that were under way when a worker died, once for each of them. */
  deaths: z.array(rangeSchema),
});

/** Which rows of a shard were under way when workers died. */
export class Tries {
  private constructor(
    private readonly path: string,
    private state: z.infer<typeof triesSchema>,
  ) {}

  static async read(folder: string, name: string): Promise<Tries> {
    const path = join(folder, name);
    const text = await attempt(path, "read", () =>
      readWholeText(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    );
    const parsed = triesSchema.safeParse(text === undefined ? undefined : jsonOf(text));
    return new Tries(path, parsed.data ?? { schema_version: 1, counted: [], deaths: [] });
  }

  /** Counts the death of the worker with this claim, unless it is counted already. */
  async count(token: string, rows: Rows | undefined): Promise<void> {
    const { counted, deaths } = this.state;
    if (counted.includes(token)) return;
    const more = rows === undefined || rows.to <= rows.from ? [] : [rows];
    this.state = { schema_version: 1, counted: [...counted, token], deaths: [...deaths, ...more] };
    await writeFileAtomically(this.path, `${JSON.stringify(this.state)}\n`);
  }

  /** How often a worker died while this row was under way. */
  deathsAt(row: number): number {
    return this.state.deaths.filter(({ from, to }) => from <= row && row < to).length;
  }

  /** Whether the row is to be annotated alone, because a worker died at it or at one beside it. */
  isSuspect(row: number): boolean {
    return this.deathsAt(row) > 0;
  }

  /** Whether the row is the one that workers died of: so many times, and alone at least once. */
  isGivenUp(row: number, tries: number): boolean {
    return (
      this.deathsAt(row) >= tries && this.state.deaths.some(({ from, to }) => from === row && to === row + 1)
    );
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
