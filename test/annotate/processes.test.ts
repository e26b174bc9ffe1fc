import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AnnotationStatus, annotationStatus, verifyAnnotation } from "../../src/annotate/index.js";
import { findInputs } from "../../src/annotate/inputFiles.js";
import { openPlan } from "../../src/annotate/plan.js";
import { compiledProgram, type Program } from "../cli/program.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-annotate-"));
const corpus = join(scratch, "corpus.txt");
const ROWS = 3000;
let program: Program;
let model: string;

beforeAll(async () => {
  program = compiledProgram();
  model = await writeTinyModel(join(scratch, "model"));
  writeFileSync(
    corpus,
    Array.from({ length: ROWS }, (_, row) => `Anna ${row} lives in Berlin, the city of Wolff.\n`).join(""),
  );
});
afterAll(() => {
  program.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const start = (output: string, ...more: readonly string[]) =>
  program.start(
    ["annotate", model, corpus, "--output", output, "--shard-size", "8K", "--threads", "1", ...more],
    {},
  );

/** Waits until something is so, or all is finished. */
async function until(folder: string, isSo: (status: AnnotationStatus) => boolean): Promise<AnnotationStatus> {
  for (;;) {
    const status = await annotationStatus(folder).catch(() => undefined);
    if (status !== undefined && (isSo(status) || status.finished === status.shards)) return status;
    await wait(20);
  }
}

it("commands share the work, and one goes on if the other is killed", async () => {
  const output = join(scratch, "two");
  const [first, second] = [start(output), start(output)];
  await until(output, ({ running }) => running.some(({ pid }) => pid === first.child.pid));
  first.child.kill("SIGKILL");
  const { code, stderr } = await second.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(await verifyAnnotation(output)).toMatchObject({ rows: ROWS, errors: 0, problems: [] });
  // Nothing is left of the killed one.
  expect(readdirSync(join(output, ".work")).filter((name) => !/^shard-\d+\.json$/.test(name))).toEqual([]);
});

it("workers that are killed are started again", async () => {
  const output = join(scratch, "workers");
  const command = start(output, "--workers", "2");
  const { running } = await until(output, ({ running, finished }) => finished > 2 && running.length === 2);
  // Nobody is left who could finish the shards.
  for (const { pid } of running) process.kill(pid, "SIGKILL");
  expect(running.length).toBe(2);
  expect(await command.ended).toEqual({ code: 0, signal: null, stderr: "" });
  expect(await verifyAnnotation(output)).toMatchObject({ rows: ROWS, errors: 0, problems: [] });
});

it("an interrupted command with workers gives their shards back", async () => {
  const output = join(scratch, "stopped");
  const command = start(output, "--workers", "2");
  await until(output, ({ running, finished }) => finished > 0 && running.length > 0);
  command.child.kill("SIGTERM");
  const { code, stderr } = await command.ended;
  expect({ code, stderr }).toMatchObject({ code: 143, stderr: expect.stringContaining("ANNOTATE_STOPPED") });
  expect((await annotationStatus(output)).running).toEqual([]);
});

it("a text that kills its process three times becomes an error, and the others do not", async () => {
  const output = join(scratch, "poison");
  const file = join(scratch, "poison.txt");
  const texts = Array.from({ length: 700 }, (_, row) => (row === 402 ? "a POISON" : `text ${row}`));
  writeFileSync(file, texts.join("\n"));
  const model = { name: "none", sha256: "0".repeat(64) };
  const rest = { format: "jsonl" as const, shard_size: 4096, options: {}, textColumn: undefined };
  await openPlan(output, { model, files: findInputs([file]), ...rest });
  const child = join(import.meta.dirname, "children", "diesOfText.ts");
  const ends = Array.from({ length: 4 }, () => {
    const { signal, status } = spawnSync(process.execPath, ["--import", "tsx", child, output], {
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    return signal ?? status;
  });
  expect(ends).toEqual(["SIGKILL", "SIGKILL", "SIGKILL", 0]);
  expect(await verifyAnnotation(output)).toMatchObject({ rows: 700, errors: 1, problems: [] });
  const { failed } = await annotationStatus(output);
  expect(failed.length).toBe(1);
  const name = readdirSync(output).find((each) => each.startsWith(`shard-0000${failed[0]!.shard}`))!;
  const wrong = readFileSync(join(output, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { line: number; error?: string })
    .filter(({ error }) => error !== undefined);
  expect(wrong).toMatchObject([{ line: 403, error: "The worker died at this text, 3 times or more" }]);
});
