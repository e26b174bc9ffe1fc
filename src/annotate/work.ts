import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { otherColumns } from "../data/texts/tableTexts.js";
import { tidy } from "../files/index.js";
import type { AggregationStrategy, Ner, NerOptions } from "../infer/index.js";
import { annotateRows } from "./annotateRows.js";
import type { Claim } from "./claims.js";
import { inputChanged } from "./errors.js";
import { namesOf, WORK } from "./folder.js";
import { factsOf } from "./inputFiles.js";
import { JsonLinesOutput } from "./jsonLinesOutput.js";
import { openParquet, type ParquetTexts, parquetRows } from "./parquetInput.js";
import { type KeptColumns, ParquetOutput } from "./parquetOutput.js";
import { type Plan, shardOf } from "./plan.js";
import { lineRows, type Row, tableHeader } from "./readLines.js";
import { writeRecord } from "./record.js";
import type { ResultsWriter } from "./results.js";
import { ShardFile } from "./shardFile.js";
import type { ShardSource } from "./shardSource.js";
import type { NumberedShard } from "./shards.js";

/** What a worker reports. */
export type WorkerEvent =
  /** Rows were annotated; they are not yet in the output folder. */
  | { readonly type: "rows"; readonly rows: number }
  /** A shard has begun. */
  | { readonly type: "claimed"; readonly shard: number }
  /** A shard is finished, by this worker. */
  | { readonly type: "finished"; readonly shard: number; readonly rows: number; readonly errors: number };

export interface WorkOptions {
  readonly folder: string;
  readonly plan: Plan;
  readonly ner: Pick<Ner, "analyze">;
  readonly options: NerOptions;
  readonly tries: number;
  readonly source: ShardSource;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/**
 * Annotates shards until the source has no more.
 *
 * @throws NeriumError as reading, finding and writing; the signal's reason
 */
export async function work({ source, ...given }: WorkOptions): Promise<void> {
  await tidy(join(given.folder, WORK));
  for (;;) {
    given.signal?.throwIfAborted();
    const claim = await source.next();
    // Removes what workers that were killed have left.
    if (claim === undefined) return tidy(join(given.folder, WORK));
    given.onEvent?.({ type: "claimed", shard: claim.number });
    try {
      await annotateShard(claim, given);
    } catch (error) {
      await claim.release().catch(() => {});
      await source.failed(claim);
      throw error;
    }
    await source.done(claim);
  }
}

async function annotateShard(
  claim: Claim,
  { folder, plan, ner, options, tries, signal, onEvent }: Omit<WorkOptions, "source">,
): Promise<void> {
  const shard = shardOf(plan, claim.number);
  const names = namesOf(plan, claim.number);
  // Another worker has finished it between the look at the folder and the claim.
  if (existsSync(join(folder, names.output))) return claim.finish();
  const started = performance.now();
  const { rows, writer } = await opened(shard, plan, options.aggregationStrategy);
  const file = await ShardFile.create(folder, names.output);
  let count: { readonly rows: number; readonly errors: number };
  try {
    count = await annotateRows(rows, {
      ...{ ner, options, claim, tries, signal, output: writer(file) },
      place: `${shard.file.path}:${shard.line}`,
      onRows: (rows) => onEvent?.({ type: "rows", rows }),
    });
    if (count.rows !== shard.rows) throw inputChanged(shard.file.path);
  } catch (error) {
    await file.discard();
    throw error;
  }
  // Writing goes on in the background, so a full disk can show only here.
  const { size, sha256 } = await file.close().catch(async (error: unknown) => {
    await file.discard();
    throw error;
  });
  // If it was taken over meanwhile, the other worker finishes it.
  if (!(await claim.isOurs())) {
    await file.discard();
    return claim.release();
  }
  if (await file.place()) {
    await writeRecord(folder, names.record, {
      ...{ schema_version: 1, ...count, size, sha256 },
      seconds: Math.round(performance.now() - started) / 1000,
      ...{ host: hostname(), pid: process.pid, finished: Date.now() },
    });
    onEvent?.({ type: "finished", shard: claim.number, ...count });
  }
  await claim.finish();
}

interface OpenedShard {
  readonly rows: AsyncIterable<Row>;
  writer(file: ShardFile): ResultsWriter;
}

/** Opens the rows of a shard, and tells how to write what was found in them. */
async function opened(
  shard: NumberedShard,
  { format }: Pick<Plan, "format">,
  strategy: AggregationStrategy | undefined,
): Promise<OpenedShard> {
  const { file } = shard;
  const table = file.format === "parquet" ? await openParquet(file.path, file.column) : undefined;
  const rows = await rowsOfShard(shard, format === "parquet" ? "as stored" : "as JSON", table);
  if (format === "jsonl") return { rows, writer: (to) => new JsonLinesOutput(to, file.path) };
  const kept = await keptOf(shard, table);
  const isTable = table !== undefined;
  return { rows, writer: (to) => new ParquetOutput(to, file.path, { isTable, kept, strategy }) };
}

async function keptOf({ file }: NumberedShard, table: ParquetTexts | undefined): Promise<KeptColumns> {
  if (table !== undefined) return { kind: "stored", columns: table.others };
  if (file.format === "text") return { kind: "none" };
  if (file.format === "jsonl") return { kind: "json" };
  const { start, text } = await tableHeader(file, file.format as "csv" | "tsv");
  const column = file.column ?? undefined;
  return {
    kind: "texts",
    names: otherColumns(text, start, file.path, file.format as "csv" | "tsv", { column }),
  };
}

/**
 * Returns the rows of a shard.
 *
 * @throws NeriumError ANNOTATE_INPUT_CHANGED
 */
export async function rowsOfShard(
  { file, ...shard }: NumberedShard,
  kept: "as JSON" | "as stored",
  opened?: ParquetTexts,
): Promise<AsyncIterable<Row>> {
  if (file.format !== "parquet") return lineRows(file, shard);
  if (factsOf(file.path).size !== file.size) throw inputChanged(file.path);
  return parquetRows(opened ?? (await openParquet(file.path, file.column)), shard, kept);
}
