import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { attempt, createExclusively, isAlive, place, startOf } from "../files/index.js";
import type { ShardNames } from "./folder.js";
import { type Rows, Tries } from "./tries.js";

const claimSchema = z.object({
  pid: z.number(),
  /** When the process started, in the system's own units. */
  started: z.string().nullable(),
  place: z.string(),
  host: z.string(),
  /** Unique to this claim. */
  token: z.string(),
  /** When the shard was claimed, in milliseconds since 1970. */
  since: z.number(),
  /** The rows that are under way. */
  from: z.number(),
  to: z.number(),
});

/** Who is working on a shard. */
export type Claimant = z.infer<typeof claimSchema>;

/** A claim has the same length at every time, so that it is replaced with one write. */
const LENGTH = 1024;

/** A heartbeat is given so many times within the timeout. */
const BEATS = 6;

/** What a claim file has, and the last sign of life. */
interface StandingClaim {
  /** Undefined if it cannot be read. */
  readonly claimant: Claimant | undefined;
  /** Changes with every sign of life. */
  readonly sign: string;
  /** By the clock of the folder, in milliseconds since 1970. */
  readonly time: number;
}

/** A shard that belongs to this process. */
export interface Claim {
  readonly number: number;
  readonly tries: Tries;
  /** Notes the rows that are under way, in case that this process dies of them. */
  note(rows: Rows): Promise<void>;
  /** Whether nobody has taken over the shard since. */
  isOurs(): Promise<boolean>;
  /** Gives the shard back, for others or a later run. */
  release(): Promise<void>;
  /** Removes what was needed only until the shard was finished. */
  finish(): Promise<void>;
}

export interface ClaimsOptions {
  /** Milliseconds without a sign of life after which a claim is taken over. */
  readonly timeout: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: (() => number) | undefined;
}

/**
 * Claims shards in the folder of an annotation. Each claim is a file `shard-00042.claim-1` that only one process can
 * create, and that gets a new time as long as the process lives. If it stays silent, another process creates
 * `shard-00042.claim-2`, which again only one can. The highest number counts, so at most one process owns a shard. Whoever
 * finds that a higher number has appeared gives up. No clocks of machines are compared: a process watches a claim by its own
 * clock. A process of this machine that has ended is known at once.
 */
export class Claims {
  private readonly seen = new Map<string, { readonly sign: string; readonly since: number }>();
  private readonly timeout: number;
  private readonly now: () => number;

  constructor(
    private readonly folder: string,
    { timeout, now = () => performance.now() }: ClaimsOptions,
  ) {
    this.timeout = timeout;
    this.now = now;
  }

  /**
   * Takes a shard that is free or that a dead process has claimed.
   *
   * @param generations of the claims that are there
   * @returns undefined if another process has it
   */
  async take(number: number, names: ShardNames, generations: readonly number[]): Promise<Claim | undefined> {
    const highest = Math.max(0, ...generations);
    if (highest > 0 && !(await this.isDead(join(this.folder, names.claim(highest))))) return undefined;
    const generation = highest + 1;
    const path = join(this.folder, names.claim(generation));
    const claimant: Claimant = {
      ...{ pid: process.pid, started: startOf(process.pid), place, host: hostname() },
      ...{ token: randomBytes(8).toString("hex"), since: Date.now(), from: 0, to: 0 },
    };
    if (!(await createExclusively(path, textOf(claimant)))) return undefined;
    const handle = await attempt(path, "write", () => open(path, "r+")).catch(async (error: unknown) => {
      await unlink(path).catch(() => {});
      throw error;
    });
    try {
      const tries = await Tries.read(this.folder, names.tries);
      const before = [...generations].sort((a, b) => a - b);
      for (const each of before) {
        const dead = (await standingAt(join(this.folder, names.claim(each))))?.claimant;
        if (dead !== undefined) await tries.count(dead.token, dead);
      }
      return new OwnClaim(
        this.folder,
        names,
        { number, generation, before, claimant, handle, tries },
        this.timeout,
      );
    } catch (error) {
      await handle.close().catch(() => {});
      await unlink(path).catch(() => {});
      throw error;
    }
  }

  private async isDead(path: string): Promise<boolean> {
    const standing = await standingAt(path);
    // It was given back or finished at this moment.
    if (standing === undefined) return false;
    const { claimant, sign } = standing;
    if (claimant !== undefined && claimant.place === place && !lives(claimant)) return true;
    const before = this.seen.get(path);
    if (before === undefined || before.sign !== sign) {
      this.seen.set(path, { sign, since: this.now() });
      return false;
    }
    return this.now() - before.since >= this.timeout;
  }
}

const lives = ({ pid, started }: Claimant): boolean =>
  isAlive(pid) && (started === null || startOf(pid) === started);

const textOf = (claimant: Claimant): string =>
  JSON.stringify(claimant)
    .padEnd(LENGTH - 1)
    .concat("\n");

/**
 * Reads a claim. Opening a file makes network file systems ask for its present time.
 *
 * @returns undefined if there is none
 */
export async function standingAt(path: string): Promise<StandingClaim | undefined> {
  const handle = await attempt(path, "read", () =>
    open(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }),
  );
  if (handle === undefined) return undefined;
  try {
    return await attempt(path, "read", async () => {
      const text = await handle.readFile("utf8");
      const { mtimeMs } = await handle.stat();
      return { claimant: claimantIn(text), sign: `${mtimeMs} ${text}`, time: mtimeMs };
    });
  } finally {
    await handle.close();
  }
}

function claimantIn(text: string): Claimant | undefined {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

interface ClaimFacts {
  readonly number: number;
  readonly generation: number;
  /** The generations of the claims of dead processes, the lowest first. */
  readonly before: readonly number[];
  readonly claimant: Claimant;
  readonly handle: FileHandle;
  readonly tries: Tries;
}

class OwnClaim implements Claim {
  readonly number: number;
  readonly tries: Tries;
  private readonly path: string;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly folder: string,
    private readonly names: ShardNames,
    private readonly facts: ClaimFacts,
    timeout: number,
  ) {
    this.number = facts.number;
    this.tries = facts.tries;
    this.path = join(folder, names.claim(facts.generation));
    this.timer = setInterval(() => {
      const now = new Date();
      utimes(this.path, now, now).catch(() => {});
    }, timeout / BEATS).unref();
  }

  async note(rows: Rows): Promise<void> {
    const text = Buffer.from(textOf({ ...this.facts.claimant, ...rows }));
    await attempt(this.path, "write", () => this.facts.handle.write(text, 0, text.length, 0));
  }

  async isOurs(): Promise<boolean> {
    const text = await readFile(this.path, "utf8").catch(() => "");
    if (claimantIn(text)?.token !== this.facts.claimant.token) return false;
    return (await standingAt(join(this.folder, this.names.claim(this.facts.generation + 1)))) === undefined;
  }

  async release(): Promise<void> {
    await this.end();
    if (await this.isOurs()) await this.removeClaims();
  }

  async finish(): Promise<void> {
    await this.end();
    await unlink(join(this.folder, this.names.tries)).catch(() => {});
    await this.removeClaims();
  }

  private async end(): Promise<void> {
    clearInterval(this.timer);
    await this.facts.handle.close().catch(() => {});
  }

  /** The lower ones first: a process that was only suspended then finds that its claim is gone. */
  private async removeClaims(): Promise<void> {
    for (const generation of [...this.facts.before, this.facts.generation])
      await unlink(join(this.folder, this.names.claim(generation))).catch(() => {});
  }
}
