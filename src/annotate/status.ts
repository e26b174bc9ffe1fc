import { join } from "node:path";
import { requireArgument } from "../options.js";
import { standingAt } from "./claims.js";
import { claimsIn, finishedIn, namesOf, type OutputFormat } from "./folder.js";
import { readPlan, rowsOf } from "./plan.js";
import { readRecord, type ShardRecord } from "./record.js";

/** A shard that a worker has claimed. */
export interface RunningShard {
  readonly shard: number;
  readonly host: string;
  readonly pid: number;
  /** Rows of the shard that are done, and all of them. */
  readonly done: number;
  readonly rows: number;
  /** Seconds since the worker's last sign of life. After the timeout, another worker takes the shard. */
  readonly silent: number;
}

/** How far an annotation is. */
export interface AnnotationStatus {
  readonly schema_version: 1;
  /** As it was named when the annotation began. */
  readonly model: string;
  readonly format: OutputFormat;
  readonly inputs: number;
  readonly shards: number;
  readonly finished: number;
  readonly running: readonly RunningShard[];
  readonly rows: number;
  readonly finished_rows: number;
  /** Rows of the finished shards that have an error instead of entities. */
  readonly errors: number;
  /** The finished shards with such rows. */
  readonly failed: readonly { readonly shard: number; readonly errors: number }[];
  /** Rows per second of all workers together, in the last hour of work. Null before the first shard is finished. */
  readonly rate: number | null;
  /** Seconds that the rest takes at this rate. */
  readonly left: number | null;
  /** Who has finished shards: how many, and rows of them. */
  readonly workers: readonly { readonly host: string; readonly shards: number; readonly rows: number }[];
}

/** Milliseconds of the work that the rate is taken from. */
const WINDOW = 60 * 60_000;

/** As `annotationStatus`. */
export async function statusOf(folder: string): Promise<AnnotationStatus> {
  requireArgument("annotationStatus", "folder", folder, "a text");
  const plan = await readPlan(folder);
  const { model, format, shards, inputs } = plan;
  const finished = [...(await finishedIn(folder, plan))]
    .filter((number) => number < shards.length)
    .sort((a, b) => a - b);
  const records: (ShardRecord & { readonly shard: number })[] = [];
  for (const shard of finished) {
    const record = await readRecord(folder, namesOf(plan, shard).record);
    if (record !== undefined) records.push({ shard, ...record });
  }
  const running: RunningShard[] = [];
  for (const [shard, generations] of await claimsIn(folder)) {
    if (shards[shard] === undefined || finished.includes(shard)) continue;
    const path = join(folder, namesOf(plan, shard).claim(Math.max(...generations)));
    const standing = await standingAt(path);
    if (standing?.claimant === undefined) continue;
    const { host, pid, from } = standing.claimant;
    const silent = Math.max(0, Math.round((Date.now() - standing.time) / 1000));
    running.push({ shard, host, pid, done: from, rows: shards[shard].rows, silent });
  }
  const rows = rowsOf(plan);
  const finishedRows = finished.reduce((sum, shard) => sum + shards[shard]!.rows, 0);
  const rate = rateOf(records);
  return {
    ...{ schema_version: 1, model: model.name, format, inputs: inputs.length },
    ...{
      shards: shards.length,
      finished: finished.length,
      running: running.sort((a, b) => a.shard - b.shard),
    },
    ...{ rows, finished_rows: finishedRows },
    errors: records.reduce((sum, { errors }) => sum + errors, 0),
    failed: records.flatMap(({ shard, errors }) => (errors > 0 ? [{ shard, errors }] : [])),
    ...{ rate, left: rate === null ? null : (rows - finishedRows) / rate },
    workers: workersOf(records),
  };
}

function rateOf(records: readonly ShardRecord[]): number | null {
  const last = Math.max(...records.map(({ finished }) => finished));
  const recent = records.filter(({ finished }) => finished >= last - WINDOW);
  const begun = Math.min(...recent.map(({ finished, seconds }) => finished - seconds * 1000));
  const rows = recent.reduce((sum, each) => sum + each.rows, 0);
  return recent.length === 0 || last <= begun ? null : rows / ((last - begun) / 1000);
}

function workersOf(records: readonly ShardRecord[]): AnnotationStatus["workers"] {
  const hosts = new Map<string, { host: string; shards: number; rows: number }>();
  for (const { host, rows } of records) {
    const own = hosts.get(host) ?? { host, shards: 0, rows: 0 };
    hosts.set(host, { host, shards: own.shards + 1, rows: own.rows + rows });
  }
  return [...hosts.values()].sort((a, b) => b.rows - a.rows);
}
