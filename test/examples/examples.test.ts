/** Every program in examples/ runs as its README says, on the built package. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train } from "../../src/train/index.js";
import { tinyModel } from "../train/tinyModel.js";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "examples");
const isBuilt = existsSync(join(root, "dist/index.js"));

let tiny: Awaited<ReturnType<typeof tinyModel>>;
let model: string;
const at = (name: string) => join(tiny.folder, name);
const texts = ["Victoria Ashford works for Nexora.", "They drove to Thornville."];

beforeAll(async () => {
  tiny = await tinyModel();
  model = (await train(tiny.recipe()).result()).folder;
});
afterAll(() => rmSync(tiny.folder, { recursive: true }));

const run = async (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  (
    await promisify(execFile)(process.execPath, [join(folder, name), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    })
  ).stdout;

describe.skipIf(!isBuilt)("an example (needs npm run build)", () => {
  it("predict.mjs prints each text, and its entities below it", async () => {
    const lines = (await run("predict.mjs", [model, ...texts])).trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("  "))).toEqual(texts);
    for (const line of lines.filter((line) => line.startsWith("  ")))
      expect(line).toMatch(/^ {2}[A-Z]+ {2}.+ {2}\d+-\d+ {2}[01]\.\d\d$/);
  });

  it("train.mjs trains, and prints F1 of each epoch and of each type", async () => {
    const { train: data, validation, test } = tiny.files;
    const output = await run("train.mjs", [tiny.encoder, data, validation, test, at("trained")]);
    expect(output.match(/^epoch \d: loss \d\.\d{4}, F1 \d\.\d{4}$/gm)).toHaveLength(2);
    expect(output).toMatch(/^PER: F1 \d\.\d{4} of \d+ entities$/m);
    expect(existsSync(join(at("trained"), "model.safetensors"))).toBe(true);
  });

  it("batch.mjs writes a record for each line", async () => {
    writeFileSync(at("lines.txt"), `${texts.join("\n")}\n`);
    expect(await run("batch.mjs", [model, at("lines.txt"), at("out.jsonl")])).toBe("2 texts\n");
    const records = readFileSync(at("out.jsonl"), "utf8").trimEnd().split("\n");
    expect(records.map((line) => JSON.parse(line).text)).toEqual(texts);
  });

  it("worker.mjs answers from a worker, and ends", async () => {
    const lines = (await run("worker.mjs", [model, ...texts])).trimEnd().split("\n");
    expect(lines.map((line, index) => line.startsWith(texts[index]!))).toEqual([true, true]);
  });

  it("serverless.mjs answers every call, and says what is wrong with the model", async () => {
    const lines = (await run("serverless.mjs", texts, { NERIUM_MODEL: model })).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^200 \[.*\] \d+ ms$/);
    expect(await run("serverless.mjs", ["x"], { NERIUM_MODEL: at("nowhere/else/model") })).toMatch(/^500 /);
  });

  it("listener.mjs writes a line for each step", async () => {
    await run("listener.mjs", [tiny.encoder, tiny.files.train, at("listened"), at("losses.csv")]);
    const [head, ...lines] = readFileSync(at("losses.csv"), "utf8").trimEnd().split("\n");
    expect(head).toBe("step,epoch,loss,learning_rate,tokens_per_second");
    expect(lines.map((line) => Number(line.split(",")[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("ownFormat.mjs reads its own format", async () => {
    writeFileSync(at("own.txt"), "[PER Ada Lovelace] lived in [LOC London] .\nShe wrote .\n");
    expect(await run("ownFormat.mjs", [at("own.txt"), at("own.jsonl")])).toBe(
      "2 sentences { PER: 1, LOC: 1 }\nAda Lovelace lived in London . → B-PER I-PER O O B-LOC O\n",
    );
  });
});

it("the list of examples is complete", () => {
  const listed = [
    ...readFileSync(join(folder, "README.md"), "utf8").matchAll(/\]\((\w+\.\w+|browser)\b[^)]*\)/g),
  ];
  const programs = readdirSync(folder).filter((name) => name !== "README.md");
  expect(listed.map(([, name]) => name).sort()).toEqual(programs.sort());
});
