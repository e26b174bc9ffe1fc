import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { annotateSettings } from "../../src/annotate/options.js";
import { readPlan } from "../../src/annotate/plan.js";
import { ShardFile } from "../../src/annotate/shardFile.js";
import { runWorker } from "../../src/annotate/worker.js";
import {
  type AnnotateOptions,
  annotate,
  annotationStatus,
  estimateAnnotation,
  load,
  verifyAnnotation,
} from "../../src/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

let scratch: string;
let model: string;
let outputs = 0;
const at = (name: string) => join(scratch, name);
const fresh = () => at(`out-${outputs++}`);

const sentences = Array.from(
  { length: 300 },
  (_, index) => `Anna Wolff ${index} lives in Berlin, the city.${index % 5 === 0 ? " 東京 é" : ""}`,
);

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "nerium-annotate-"));
  model = await writeTinyModel(at("model"));
  writeFileSync(at("texts.txt"), `${sentences.join("\n")}\n`);
  const records = sentences.map((text, id) => JSON.stringify({ id, text, more: { id } }));
  writeFileSync(at("records.jsonl"), `${records.join("\n\n")}`);
  writeFileSync(at("packed.jsonl.gz"), gzipSync(readFileSync(at("records.jsonl"))));
  const rows = sentences.map((text, id) => `${id},"${text} ""so""\nand a line","f,${id}"`);
  writeFileSync(at("table.csv"), `id,body,file\r\n${rows.join("\r\n")}\r\n`);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (inputs: readonly string[], output: string, options: AnnotateOptions = {}) =>
  annotate(model, inputs, output, { threads: 1, shardSize: 4096, ...options });

const shardsIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith("shard-"));
const linesIn = (folder: string): Record<string, unknown>[] =>
  shardsIn(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line));

const codeOf = (call: Promise<unknown>): Promise<{ code: string; message: string }> =>
  call.then(
    () => ({ code: "right", message: "" }),
    ({ code, message }) => ({ code, message }),
  );

describe("annotation", () => {
  it("finds in every row what the pipeline finds, in order, and keeps the other fields", async () => {
    const output = fresh();
    const inputs = ["texts.txt", "records.jsonl", "packed.jsonl.gz"].map(at);
    const status = await run(inputs, output);
    expect(status).toMatchObject({ rows: 900, finished_rows: 900, errors: 0, running: [] });
    expect(status.shards).toBeGreaterThan(10);
    expect(status.finished).toBe(status.shards);
    const ner = await load(model, { threads: 1 });
    const expected = await ner(sentences);
    await ner.dispose();
    const lines = linesIn(output);
    expect(lines.map(({ text }) => text)).toEqual([...sentences, ...sentences, ...sentences]);
    expect(lines.map(({ file }) => file)).toEqual(inputs.flatMap((file) => sentences.map(() => file)));
    // Scores can differ in their last digits, because other texts were in the batch.
    const plain = (entities: unknown) =>
      (entities as { type: string; start: number; end: number; words: number[] }[]).map(
        ({ type, start, end, words }) => ({ type, start, end, words }),
      );
    expect(lines.map(({ entities }) => plain(entities))).toEqual(
      [1, 2, 3].flatMap(() => expected.map(plain)),
    );
    expect(lines[301]).toMatchObject({ line: 3, id: 1, more: { id: 1 } });
    expect(lines[899]).toMatchObject({ line: 599, id: 299 });
    expect((await verifyAnnotation(output)).problems).toEqual([]);
  });

  it("reads cells with line breaks, and keeps columns whose names are taken", async () => {
    const output = fresh();
    await run([at("table.csv")], output, { textColumn: "body" });
    const lines = linesIn(output);
    expect(lines.length).toBe(300);
    expect(lines[7]).toMatchObject({
      ...{ text: `${sentences[7]} "so"\nand a line`, line: 16, id: "7", input: { file: "f,7" } },
    });
    expect(await verifyAnnotation(output)).toMatchObject({ rows: 300, problems: [] });
  });

  it("does nothing again that is finished, and makes again what is missing", async () => {
    const output = fresh();
    await run([at("texts.txt")], output);
    const [first, second] = shardsIn(output).sort() as [string, string];
    const before = readFileSync(join(output, second), "utf8");
    utimesSync(join(output, first), 1, 1);
    rmSync(join(output, second));
    await run([at("texts.txt")], output);
    expect(statSync(join(output, first)).mtimeMs).toBe(1000);
    expect(readFileSync(join(output, second), "utf8")).toBe(before);
  });

  it("makes a row with an error of a record without a text", async () => {
    const file = at("broken.jsonl");
    writeFileSync(file, '{"text": "Anna"}\n{"text": 3, "id": 1}\nnonsense\n{"text": "Berlin"}\n');
    const output = fresh();
    const status = await run([file], output);
    expect(status).toMatchObject({ rows: 4, errors: 2, failed: [{ shard: 0, errors: 2 }] });
    const lines = linesIn(output);
    expect(lines.map(({ line, error }) => [line, error !== undefined])).toEqual([
      ...[
        [1, false],
        [2, true],
        [3, true],
        [4, false],
      ],
    ]);
    expect(lines[1]!.error).toContain("DATA_JSON_SHAPE: text must be a text");
    expect(await verifyAnnotation(output)).toMatchObject({ rows: 4, errors: 2, problems: [] });
  });

  it("divides the shards into shares", async () => {
    const output = fresh();
    const half = await run([at("texts.txt")], output, { shard: "0/2" });
    expect(half.finished).toBe(Math.ceil(half.shards / 2));
    const all = await run([at("texts.txt")], output, { shard: "1/2" });
    expect(all.finished).toBe(all.shards);
    expect((await verifyAnnotation(output)).rows).toBe(300);
  });

  it("refuses another model, other options and other files by their names", async () => {
    const output = fresh();
    const file = at("changing.txt");
    cpSync(at("texts.txt"), file);
    await run([file], output);
    const other = await writeTinyModel(at("other"), { labels: ["O", "B-X", "I-X"] });
    expect(await codeOf(annotate(other, [file], output, { shardSize: 4096 }))).toMatchObject({
      ...{ code: "ANNOTATE_PLAN_CHANGED", message: "The folder has an annotation with another model" },
    });
    const several = await codeOf(run([file, at("texts.txt")], output, { threshold: 0.5, format: "parquet" }));
    expect(several.message).toMatch(/another format, threshold, list of inputs \(.*texts\.txt\)$/);
    // The same size, so that only its contents tell.
    writeFileSync(file, readFileSync(file, "utf8").replace("Anna", "Otto"));
    expect((await codeOf(run([file], output))).code).toBe("ANNOTATE_INPUT_CHANGED");
    appendFileSync(file, "more\n");
    expect((await codeOf(run([file], output))).code).toBe("ANNOTATE_INPUT_CHANGED");
  });

  it("refuses folders and files that are something else", async () => {
    expect((await codeOf(run([at("none.txt")], fresh()))).code).toBe("ANNOTATE_INPUT_MISSING");
    expect((await codeOf(run([], fresh()))).code).toBe("ANNOTATE_NO_INPUT");
    writeFileSync(at("data.json"), "[]");
    expect((await codeOf(run([at("data.json")], fresh()))).code).toBe("ANNOTATE_INPUT_FORMAT");
    writeFileSync(at("cut.txt.gz"), gzipSync(sentences.join("\n")).subarray(0, -20));
    expect((await codeOf(run([at("cut.txt.gz")], fresh()))).code).toBe("ANNOTATE_INPUT_DAMAGED");
    writeFileSync(at("utf16.txt"), Buffer.from("\ufeffAnna\n", "utf16le"));
    expect((await codeOf(run([at("utf16.txt")], fresh()))).code).toBe("ANNOTATE_INPUT_FORMAT");
    expect((await codeOf(run([at("texts.txt")], model))).code).toBe("ANNOTATE_OUTPUT_EXISTS");
    expect((await codeOf(annotationStatus(model))).code).toBe("ANNOTATE_NO_PLAN");
    expect((await codeOf(run([at("texts.txt")], fresh(), { shard: "2/2" }))).code).toBe(
      "ANNOTATE_OPTION_INVALID",
    );
  });

  it("stops when its signal is aborted, and continues", async () => {
    const output = fresh();
    const stop = new AbortController();
    const onProgress = ({ shards }: { shards: number }) => {
      if (shards > 1) stop.abort();
    };
    const ended = await codeOf(run([at("texts.txt")], output, { signal: stop.signal, onProgress }));
    expect(ended.code).toBe("ANNOTATE_STOPPED");
    const { finished, running } = await annotationStatus(output);
    expect(finished).toBeGreaterThan(0);
    // The claim of the unfinished shard was given back.
    expect(running).toEqual([]);
    await run([at("texts.txt")], output);
    expect((await verifyAnnotation(output)).rows).toBe(300);
  });

  it("says how long an annotation takes", async () => {
    const found = await estimateAnnotation(model, [at("texts.txt"), at("records.jsonl")], {
      ...{ threads: 1, shardSize: 4096 },
    });
    expect(found).toMatchObject({ inputs: 2, rows: 600 });
    expect(found.rate).toBeGreaterThan(0);
    expect(found.machines[0]).toEqual({ machines: 1, seconds: 600 / found.rate });
    expect(found.machines[1]!.seconds).toBeCloseTo(300 / found.rate);
  });
});

describe("a check", () => {
  it("finds shards that are missing, changed, or of another annotation", async () => {
    const output = fresh();
    await run([at("texts.txt")], output);
    const [first, second, third, fourth] = shardsIn(output).sort() as [string, string, string, string];
    rmSync(join(output, first));
    writeFileSync(join(output, second), readFileSync(join(output, second), "utf8").replace("B", "b"));
    // Without its record, the rows tell.
    rmSync(join(output, ".work", `${third.slice(0, 11)}.json`));
    const lines = readFileSync(join(output, third), "utf8").split("\n");
    writeFileSync(join(output, third), [lines[1], lines[0], ...lines.slice(2)].join("\n"));
    appendFileSync(join(output, fourth), "\n");
    writeFileSync(join(output, "shard-00000-00000000.jsonl"), "");
    const { rows, problems } = await verifyAnnotation(output);
    expect(rows).toBeLessThan(300);
    expect(problems.map((problem) => problem.split(" ").slice(0, 4).join(" "))).toEqual([
      `${first} is missing`,
      `${second} has changed since`,
      `${third} has something else`,
      `${fourth} has ${statSync(join(output, fourth)).size} bytes`,
      "shard-00000-00000000.jsonl is not of",
    ]);
  });
});

describe("Parquet", () => {
  const columns = () => [
    { name: "id", data: sentences.map((_, id) => BigInt(2 ** 53) + BigInt(id)) },
    { name: "body", data: sentences.map((text, id) => (id === 4 ? null : text)) },
    { name: "flag", data: sentences.map((_, id) => (id % 3 === 0 ? null : id % 2 === 0)) },
    { name: "error", data: sentences.map((_, id) => id / 7) },
    { name: "day", data: sentences.map((_, id) => new Date(Date.UTC(2024, 0, 1 + id))) },
  ];
  const write = (name: string) => {
    const bytes = parquetWriteBuffer({ columnData: columns(), rowGroupSize: 120 });
    writeFileSync(at(name), new Uint8Array(bytes));
    return at(name);
  };
  const rowsIn = async (folder: string) => {
    const rows: Record<string, unknown>[] = [];
    for (const name of shardsIn(folder).sort()) {
      const bytes = readFileSync(join(folder, name));
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      rows.push(...(await parquetReadObjects({ file })));
    }
    return rows;
  };

  it("keeps its other columns, in Parquet as they are stored and in JSON", async () => {
    const file = write("table.parquet");
    const output = fresh();
    const status = await run([file], output, { textColumn: "body", format: "parquet" });
    expect(status.shards).toBeGreaterThan(2);
    const rows = await rowsIn(output);
    expect(rows.length).toBe(300);
    const expected = Object.fromEntries(columns().map(({ name, data }) => [name, data]));
    expect(rows.map(({ id }) => id)).toEqual(expected.id);
    expect(rows.map(({ flag }) => flag ?? null)).toEqual(expected.flag);
    expect(rows.map(({ input_error: error }) => error)).toEqual(expected.error);
    expect(rows.map(({ day }) => day)).toEqual(expected.day);
    expect(rows[4]).toMatchObject({ text: "", row: 4n });
    expect(await verifyAnnotation(output)).toMatchObject({ rows: 300, problems: [] });

    const json = fresh();
    await run([file], json, { textColumn: "body" });
    expect(linesIn(json)[9]).toMatchObject({
      ...{ row: 9, text: sentences[9], id: String(2n ** 53n + 9n), flag: null, input: { error: 9 / 7 } },
      day: "2024-01-10T00:00:00.000Z",
    });
  });

  it("is written from other files too, with entities as structs and fields as JSON", async () => {
    const output = fresh();
    await run([at("records.jsonl"), at("texts.txt")], output, { format: "parquet" });
    const rows = await rowsIn(output);
    expect(rows.length).toBe(600);
    expect(rows[1]).toMatchObject({ line: 3n, fields: { id: 1, more: { id: 1 } } });
    const ner = await load(model, { threads: 1 });
    const expected = await ner(sentences[1]!);
    await ner.dispose();
    const entities = rows[1]!.entities as { score: number }[];
    expect(entities.map(({ score: _, ...entity }) => entity)).toEqual(
      expected.map(({ score: _, ...entity }) => ({ ...entity, words: [...entity.words] })),
    );
  });
});

it("names a plan whose shards have no file, leaves nothing of a failed write, and refuses a replaced model", async () => {
  const output = fresh();
  vi.spyOn(ShardFile.prototype, "close").mockRejectedValueOnce(new Error("The disk is full"));
  await expect(run([at("texts.txt")], output)).rejects.toThrow("The disk is full");
  vi.restoreAllMocks();
  expect(readdirSync(join(output, ".work")).filter((name) => name.includes(".new-"))).toEqual([]);

  const other = at("replaced");
  cpSync(model, other, { recursive: true });
  appendFileSync(join(other, "config.json"), "\n");
  const job = { folder: output, model: other, settings: annotateSettings("annotate", { threads: 1 }) };
  expect((await codeOf(runWorker(job, await readPlan(output)))).code).toBe("ANNOTATE_PLAN_CHANGED");

  const plan = JSON.parse(readFileSync(join(output, "plan.json"), "utf8"));
  plan.shards[0].input = 5;
  writeFileSync(join(output, "plan.json"), JSON.stringify(plan));
  expect((await codeOf(annotationStatus(output))).code).toBe("ANNOTATE_NO_PLAN");
});

it("a plan whose shards lack rows of the files, or have some twice, is refused", async () => {
  const output = fresh();
  await run([at("texts.txt")], output);
  const plan = JSON.parse(readFileSync(join(output, "plan.json"), "utf8"));
  expect(plan.shards.length).toBeGreaterThan(1);
  for (const shards of [
    [],
    plan.shards.slice(1),
    [plan.shards[0], ...plan.shards],
    plan.shards.toReversed(),
    plan.shards.map((shard: object) => ({ ...shard, sha256: null })),
  ]) {
    writeFileSync(join(output, "plan.json"), JSON.stringify({ ...plan, shards }));
    expect((await codeOf(verifyAnnotation(output))).code).toBe("ANNOTATE_NO_PLAN");
  }
});

it("a record's own field error is no error of its text", async () => {
  writeFileSync(at("errors.jsonl"), `${JSON.stringify({ text: "Anna sings.", error: "mine" })}\n`);
  const output = fresh();
  expect(await run([at("errors.jsonl")], output)).toMatchObject({ errors: 0 });
  expect(linesIn(output)).toEqual([expect.objectContaining({ input: { error: "mine" } })]);
  expect(linesIn(output)[0]).not.toHaveProperty("error");
  expect(await verifyAnnotation(output)).toMatchObject({ problems: [], errors: 0 });
});

it("a file that looks like a claim with an impossible number holds nothing up", async () => {
  const output = fresh();
  await run([at("texts.txt")], output);
  const [shard] = shardsIn(output);
  rmSync(join(output, shard!));
  for (const name of readdirSync(join(output, ".work")))
    if (name.startsWith("shard-00000")) rmSync(join(output, ".work", name));
  writeFileSync(join(output, ".work", "shard-00000.claim-99999999999999999999"), "{}");
  await run([at("texts.txt")], output);
  expect(shardsIn(output)).toContain(shard);
});
