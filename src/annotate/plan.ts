import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { isRecord } from "../data/formats/json/jsonRecords.js";
import { checkedText } from "../data/read/encoding.js";
import { textColumnMissing } from "../data/texts/errors.js";
import { fieldsOf, textKeyOf } from "../data/texts/jsonTexts.js";
import { isNeriumError } from "../errors.js";
import {
  attempt,
  firstInside,
  LOCK,
  lockFolder,
  makeFolders,
  outputIsInput,
  parseJson,
  readWholeText,
  sha256OfFile,
  writeFileAtomically,
} from "../files/index.js";
import { cutLines, isBlank } from "./cutLines.js";
import { inputChanged, inputFormat, noPlan, outputNotOurs, planChanged, planDamaged } from "./errors.js";
import { outputFormats, PLAN, WORK } from "./folder.js";
import { bytesOf, factsOf, type InputFile } from "./inputFiles.js";
import { lineBlocks, lineEnds } from "./lineBlocks.js";
import { cutGroups, openParquet, requireStorable } from "./parquetInput.js";
import { lineRows, tableHeader } from "./readLines.js";
import {
  type NumberedShard,
  type PlannedInput,
  plannedInputSchema,
  type Shard,
  shardSchema,
} from "./shards.js";

const COMMAND = "nerium annotate";

const planSchema = z.object({
  schema_version: z.literal(1),
  command: z.literal(COMMAND),
  /** Unique to this annotation. */
  id: z.string(),
  model: z.object({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  format: z.enum(outputFormats),
  shard_size: z.number().int().positive(),
  /** The options that decide about the results. */
  options: z.record(z.string(), z.unknown()),
  inputs: z.array(plannedInputSchema),
  shards: z.array(shardSchema),
});

/** What an annotation is going to do: the same for all of its workers. */
export type Plan = z.infer<typeof planSchema>;

/** What a plan is made of. */
export type Wanted = Omit<Plan, "schema_version" | "command" | "id" | "inputs" | "shards"> & {
  readonly files: readonly InputFile[];
  readonly textColumn: string | number | undefined;
};

/** Where planning is. */
export interface PlanningEdge {
  /** Called as files are read: bytes of them all that have been read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Called with a note about anything that was guessed. */
  readonly onNote?: ((note: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Returns a shard with its number and its file. */
export function shardOf({ shards, inputs }: Plan, number: number): NumberedShard {
  const shard = shards[number]!;
  return { ...shard, number, file: inputs[shard.input]! };
}

/** Rows of all shards. */
export const rowsOf = ({ shards }: Pick<Plan, "shards">): number =>
  shards.reduce((sum, { rows }) => sum + rows, 0);

/**
 * Returns the plan of an output folder, or makes it. If several workers begin at once, one of them makes the plan, and the
 * others wait.
 *
 * @throws NeriumError ANNOTATE_PLAN_CHANGED, ANNOTATE_INPUT_CHANGED, ANNOTATE_OUTPUT_EXISTS, and those of reading
 */
export async function openPlan(folder: string, wanted: Wanted, edge: PlanningEdge = {}): Promise<Plan> {
  const inside = await firstInside(
    folder,
    wanted.files.map(({ path }) => path),
  );
  if (inside !== undefined) throw outputIsInput(inside);
  for (;;) {
    edge.signal?.throwIfAborted();
    const standing = await planIn(folder);
    if (standing !== undefined) {
      requireSame(folder, standing, wanted);
      await requireInputs(standing);
      return standing;
    }
    await requireOurs(folder);
    const work = join(folder, WORK);
    await attempt(work, "create", () => makeFolders(work));
    const lock = await lockFolder(work).catch((error: unknown) => {
      if (isNeriumError(error) && error.code === "FILES_FOLDER_LOCKED") return undefined;
      throw error;
    });
    if (lock === undefined) {
      await wait(500, undefined, { signal: edge.signal });
      continue;
    }
    try {
      if ((await planIn(folder)) !== undefined) continue;
      const plan = await madePlan(wanted, edge);
      await writeFileAtomically(join(folder, PLAN), `${JSON.stringify(plan)}\n`);
      return plan;
    } finally {
      await lock.release();
    }
  }
}

/**
 * Reads the plan of an output folder.
 *
 * @throws NeriumError ANNOTATE_NO_PLAN
 */
export async function readPlan(folder: string): Promise<Plan> {
  const plan = await planIn(folder);
  if (plan === undefined) throw noPlan(folder);
  return plan;
}

async function planIn(folder: string): Promise<Plan | undefined> {
  const path = join(folder, PLAN);
  const text = await attempt(path, "read", () =>
    readWholeText(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw error;
    }),
  );
  if (text === undefined) return undefined;
  try {
    const plan = planSchema.parse(parseJson(text));
    if (isWhole(plan)) return plan;
  } catch {}
  throw planDamaged(folder);
}

/** Whether the shards of a plan are parts of its files, in order, which have each row once. */
function isWhole({ inputs, shards }: Plan): boolean {
  const rows = inputs.map(() => 0);
  let [input, end] = [0, 0];
  for (const shard of shards) {
    const file = inputs[shard.input];
    if (file === undefined || shard.input < input) return false;
    if (shard.input > input) [input, end] = [shard.input, 0];
    if (shard.start < end || shard.end < shard.start) return false;
    if ((shard.sha256 === null) !== (file.format === "parquet")) return false;
    end = shard.end;
    rows[input]! += shard.rows;
  }
  return inputs.every((file, index) => file.rows === rows[index]);
}

/** Throws if a folder without a plan has anything else in it. */
async function requireOurs(folder: string): Promise<void> {
  const names = await attempt(folder, "read", () =>
    readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    }),
  );
  // Another worker may be writing the plan at this moment.
  if (names.some((name) => name !== WORK && name !== LOCK && !name.startsWith(`${PLAN}`)))
    throw outputNotOurs(folder);
}

/** @throws NeriumError ANNOTATE_PLAN_CHANGED */
function requireSame(folder: string, plan: Plan, wanted: Wanted): void {
  const changed: string[] = [];
  if (plan.model.sha256 !== wanted.model.sha256) changed.push("model");
  if (plan.format !== wanted.format) changed.push("format");
  if (plan.shard_size !== wanted.shard_size) changed.push("shard size");
  const names = new Set([...Object.keys(plan.options), ...Object.keys(wanted.options)]);
  for (const name of names)
    if (JSON.stringify(plan.options[name]) !== JSON.stringify(wanted.options[name])) changed.push(name);
  const key = ({ path, format, compression }: InputFile) => JSON.stringify([path, format, compression]);
  const before = plan.inputs.map(key);
  const [old, now] = [new Set(before), new Set(wanted.files.map(key))];
  const other =
    wanted.files.find((file) => !old.has(key(file))) ??
    plan.inputs.find((file) => !now.has(key(file))) ??
    wanted.files.find((file, index) => before[index] !== key(file));
  if (other !== undefined) changed.push(`list of inputs (${other.path})`);
  if (changed.length > 0) throw planChanged(folder, changed);
}

/**
 * Checks that the files are those of the plan: by their size, and by their contents if the time differs.
 *
 * @throws NeriumError ANNOTATE_INPUT_CHANGED, ANNOTATE_INPUT_MISSING
 */
export async function requireInputs({ inputs }: Plan): Promise<void> {
  for (const input of inputs) {
    const { size, mtimeMs } = factsOf(input.path);
    if (size !== input.size) throw inputChanged(input.path);
    if (mtimeMs !== input.mtime_ms && (await sha256OfFile(input.path)) !== input.sha256)
      throw inputChanged(input.path);
  }
}

/** Reads all files once, and cuts them into shards. */
export async function madePlan(
  { files, textColumn, ...wanted }: Wanted,
  { onBytes, onNote, signal }: PlanningEdge = {},
): Promise<Plan> {
  const inputs: PlannedInput[] = [];
  const shards: Shard[] = [];
  let read = 0;
  const counted = (bytes: Uint8Array) => {
    signal?.throwIfAborted();
    read += bytes.length;
    onBytes?.(read);
  };
  for (const [index, file] of files.entries()) {
    const asked = textColumn ?? null;
    const { size, mtimeMs } = factsOf(file.path);
    const planned =
      file.format === "parquet"
        ? await planParquet(file, asked, wanted)
        : await planLines(file, asked, wanted.shard_size, { onBytes: counted, onNote });
    const rows = planned.shards.reduce((sum, shard) => sum + shard.rows, 0);
    inputs.push({
      ...file,
      ...{ size, mtime_ms: mtimeMs, sha256: planned.sha256, column: planned.column, rows },
    });
    for (const shard of planned.shards) shards.push({ input: index, ...shard });
  }
  const id = randomBytes(8).toString("hex");
  return { schema_version: 1, command: COMMAND, id, ...wanted, inputs, shards };
}

interface PlannedFile {
  readonly sha256: string;
  readonly column: string | number | null;
  readonly shards: readonly Omit<Shard, "input">[];
}

async function planParquet(
  { path }: InputFile,
  asked: string | number | null,
  { format, shard_size: shardSize }: Pick<Plan, "format" | "shard_size">,
): Promise<PlannedFile> {
  const texts = await openParquet(path, asked);
  if (format === "parquet") requireStorable(texts);
  return { sha256: await sha256OfFile(path), column: texts.column, shards: cutGroups(texts, shardSize) };
}

async function planLines(
  file: InputFile,
  asked: string | number | null,
  shardSize: number,
  { onBytes, onNote }: { onBytes: (bytes: Uint8Array) => void; onNote: PlanningEdge["onNote"] },
): Promise<PlannedFile> {
  const { path, format, compression } = file;
  const hash = createHash("sha256");
  const watched = (bytes: Uint8Array) => {
    hash.update(bytes);
    onBytes(bytes);
  };
  const column = format === "jsonl" ? await jsonKey(file, asked, onNote) : format === "text" ? null : asked;
  const table = format === "csv" || format === "tsv" ? await tableHeader(file, format) : undefined;
  const cut = await cutLines(file, {
    ...{ shardSize, quotes: table?.quotes ?? false, onBytes: watched },
    header: { bytes: table?.bytes ?? 0, lines: table?.lines ?? 0 },
  });
  const sha256 = compression === null ? hash.digest("hex") : await sha256OfFile(path);
  if (table === undefined) return { sha256, column, shards: cut };
  // A table is read once as a whole, so that a wrong row shows now and not after days.
  const shards: Omit<Shard, "input">[] = [];
  for (const shard of cut) {
    let rows = 0;
    for await (const _ of lineRows({ ...file, column }, { input: 0, ...shard })) rows++;
    if (rows > 0) shards.push({ ...shard, rows });
  }
  return { sha256, column, shards };
}

/** The key of the texts: as the first record says, if none was given. */
async function jsonKey(
  file: InputFile,
  asked: string | number | null,
  onNote: PlanningEdge["onNote"],
): Promise<string | null> {
  const { path } = file;
  let number = 0;
  for await (const block of lineBlocks(bytesOf(file)))
    for (const line of linesOf(block)) {
      number++;
      if (isBlank(line)) continue;
      const text = checkedText(line, path, number);
      const value = attemptJson(text);
      if (typeof value !== "string" && !isRecord(value))
        throw inputFormat(
          path,
          `Line ${number} is not a record of JSON Lines`,
          "Write one JSON object per line. If each line is a text, add --from text.",
        );
      if (typeof value === "string") return asked === null ? null : String(asked);
      const fields = fieldsOf(value);
      const key = asked === null ? textKeyOf(fields, path, onNote) : String(asked);
      if (key === undefined || !Object.hasOwn(fields, key))
        throw textColumnMissing({
          file: path,
          line: number,
          asked: key,
          what: "key",
          found: Object.keys(fields),
        });
      return key;
    }
  return asked === null ? null : String(asked);
}

function* linesOf(block: Uint8Array): Generator<Uint8Array> {
  let at = 0;
  for (const end of lineEnds(block)) {
    yield block.subarray(at, end);
    at = end;
  }
}

function attemptJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
