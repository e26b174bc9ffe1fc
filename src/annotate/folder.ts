import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../files/index.js";

/** The plan of an annotation, in its output folder. */
export const PLAN = "plan.json";

/** The folder for claims, notes and records, in the output folder. */
export const WORK = ".work";

export const outputFormats = ["jsonl", "parquet"] as const;

/** What the results of an annotation are written as. */
export type OutputFormat = (typeof outputFormats)[number];

/** The names of the files of an annotation. */
export interface ShardNames {
  /** The results of a shard, in the output folder. */
  readonly output: string;
  /** What is known about a finished shard. */
  readonly record: string;
  /** Failures of a shard. */
  readonly tries: string;
  /** A claim of a shard, by its generation, from 1. */
  claim(generation: number): string;
}

/** What the names of the files depend on. */
export interface NamingPlan {
  /** The first eight digits of the model's hash are part of the names. */
  readonly model: { readonly sha256: string };
  readonly format: OutputFormat;
  readonly shards: { readonly length: number };
}

/** All numbers have the same length, so that the order of the names is that of the shards. */
export function namesOf({ model, format, shards }: NamingPlan, number: number): ShardNames {
  const digits = Math.max(5, String(shards.length).length);
  const shard = `shard-${String(number).padStart(digits, "0")}`;
  return {
    output: `${shard}-${model.sha256.slice(0, 8)}.${format}`,
    record: join(WORK, `${shard}.json`),
    tries: join(WORK, `${shard}.tries.json`),
    claim: (generation) => join(WORK, `${shard}.claim-${generation}`),
  };
}

/** The generations of the claims of all shards, by their numbers. */
export async function claimsIn(folder: string): Promise<ReadonlyMap<number, readonly number[]>> {
  const claims = new Map<number, number[]>();
  for (const name of await namesIn(join(folder, WORK))) {
    const [, shard, generation] = /^shard-(\d{1,9})\.claim-(\d{1,9})$/.exec(name) ?? [];
    if (shard === undefined) continue;
    const own = claims.get(Number(shard)) ?? [];
    own.push(Number(generation));
    claims.set(Number(shard), own);
  }
  return claims;
}

/** The numbers of the finished shards. */
export async function finishedIn(
  folder: string,
  { model, format }: NamingPlan,
): Promise<ReadonlySet<number>> {
  const finished = new Set<number>();
  for (const name of await namesIn(folder)) {
    const [, shard, own, extension] = /^shard-(\d+)-([0-9a-f]{8})\.(\w+)$/.exec(name) ?? [];
    if (own === model.sha256.slice(0, 8) && extension === format) finished.add(Number(shard));
  }
  return finished;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return attempt(folder, "read", () =>
    readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    }),
  );
}
