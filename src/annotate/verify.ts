import { createReadStream, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isRecord } from "../data/formats/json/jsonRecords.js";
import { isNeriumError } from "../errors.js";
import { attempt, sha256OfFile } from "../files/index.js";
import { requireArgument } from "../options.js";
import { namesOf } from "./folder.js";
import { lineBlocks, lineEnds } from "./lineBlocks.js";
import { openParquet, parquetRows } from "./parquetInput.js";
import { type Plan, readPlan, requireInputs, shardOf } from "./plan.js";
import { readRecord } from "./record.js";
import type { NumberedShard } from "./shards.js";
import { rowsOfShard } from "./work.js";

/** The result of a check of an annotation. */
export interface AnnotationCheck {
  readonly schema_version: 1;
  readonly shards: number;
  /** Rows of the inputs that are in the output once, in order, with the same text. */
  readonly rows: number;
  /** Rows that have an error instead of entities. */
  readonly errors: number;
  /** What is wrong, by shard. Empty if everything is right. */
  readonly problems: readonly string[];
}

/** A row of the output. */
interface Written {
  readonly file: unknown;
  readonly line: unknown;
  readonly row: unknown;
  readonly text: unknown;
  readonly entities: unknown;
  readonly error: unknown;
}

/** As `verifyAnnotation`. */
export async function checkOf(folder: string): Promise<AnnotationCheck> {
  requireArgument("verifyAnnotation", "folder", folder, "a text");
  const plan = await readPlan(folder);
  await requireInputs(plan);
  const problems: string[] = [];
  let [rows, errors] = [0, 0];
  for (const number of plan.shards.keys()) {
    const shard = shardOf(plan, number);
    const checked = await checkedShard(folder, plan, shard);
    rows += checked.rows;
    errors += checked.errors;
    if (checked.problem !== undefined) problems.push(`${namesOf(plan, number).output} ${checked.problem}`);
  }
  problems.push(...(await strangers(folder, plan)));
  return { schema_version: 1, shards: plan.shards.length, rows, errors, problems };
}

interface CheckedShard {
  readonly rows: number;
  readonly errors: number;
  readonly problem?: string;
}

async function checkedShard(folder: string, plan: Plan, shard: NumberedShard): Promise<CheckedShard> {
  const names = namesOf(plan, shard.number);
  const path = join(folder, names.output);
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return { rows: 0, errors: 0, problem: "is missing" };
  const record = await readRecord(folder, names.record);
  if (record !== undefined) {
    if (facts.size !== record.size)
      return { rows: 0, errors: 0, problem: `has ${facts.size} bytes instead of ${record.size}` };
    if ((await sha256OfFile(path)) !== record.sha256)
      return { rows: 0, errors: 0, problem: "has changed since it was written (its sha256 differs)" };
  }
  return compared(path, plan, shard);
}

async function compared(path: string, plan: Plan, shard: NumberedShard): Promise<CheckedShard> {
  const written = (plan.format === "jsonl" ? jsonRows(path) : tableRows(path, shard))[Symbol.asyncIterator]();
  const inUnits = plan.options.offsets !== "code-points";
  let [rows, errors] = [0, 0];
  const wrong = (problem: string): CheckedShard => ({ rows, errors, problem });
  try {
    for await (const row of await rowsOfShard(shard, "as JSON")) {
      const next = await written.next();
      if (next.done) return wrong(`has ${rows} rows instead of ${shard.rows}`);
      const { value } = next;
      const place = `row ${rows + 1} (${shard.file.path}:${row.line ?? row.row})`;
      const isRight =
        value.file === shard.file.path &&
        (row.line === undefined ? value.row === row.row : value.line === row.line);
      if (!isRight) return wrong(`has something else in the place of ${place}`);
      if (value.text !== row.text) return wrong(`has another text in ${place}`);
      if (!areWithin(value.entities, row.text, inUnits))
        return wrong(`has an entity that is not in the text of ${place}`);
      rows++;
      if (value.error !== undefined && value.error !== null) errors++;
    }
    if (!(await written.next()).done) return wrong(`has more rows than ${shard.rows}`);
  } catch (error) {
    if (error instanceof Unreadable || (isNeriumError(error) && error.where === path))
      return wrong(`cannot be read: ${error.message}`);
    throw error;
  } finally {
    await written.return?.();
  }
  if (rows !== shard.rows) return wrong(`has ${rows} rows instead of ${shard.rows}`);
  return { rows, errors };
}

/** A row of the output is not one. */
class Unreadable extends Error {}

async function* jsonRows(path: string): AsyncGenerator<Written, void, undefined> {
  let line = 0;
  for await (const block of lineBlocks(createReadStream(path) as AsyncIterable<Buffer>)) {
    let at = 0;
    for (const end of lineEnds(block)) {
      line++;
      yield writtenIn(jsonIn(Buffer.from(block.subarray(at, end)).toString("utf8")), line);
      at = end;
    }
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function writtenIn(value: unknown, line: number): Written {
  if (!isRecord(value)) throw new Unreadable(`line ${line} is not a record`);
  const { file, line: own, row, text, entities, error } = value;
  return { file, line: own, row, text, entities, error };
}

async function* tableRows(path: string, shard: NumberedShard): AsyncGenerator<Written, void, undefined> {
  const table = await openParquet(path, "text");
  const end = Math.max(shard.rows, Number(table.metadata.num_rows));
  for await (const { text, fields } of parquetRows(table, { start: 0, end }, "as JSON")) {
    const { file, line, row, entities, error } = fields ?? {};
    yield { file, line, row, text, entities, error };
  }
}

/** Whether entities are where their offsets say. */
function areWithin(entities: unknown, text: string, inUnits: boolean): boolean {
  if (!Array.isArray(entities)) return false;
  return entities.every((entity: unknown) => {
    if (!isRecord(entity)) return false;
    const { start, end, text: own } = entity;
    return !inUnits || text.slice(Number(start), Number(end)) === own;
  });
}

/** Results in the folder that are not those of the plan. */
async function strangers(folder: string, plan: Plan): Promise<string[]> {
  const known = new Set([...plan.shards.keys()].map((number) => namesOf(plan, number).output));
  const names = await attempt(folder, "read", () => readdir(folder));
  return names
    .filter((name) => /^shard-\d+-[0-9a-f]{8}\.\w+$/.test(name) && !known.has(name))
    .map((name) => `${name} is not of this annotation`);
}
