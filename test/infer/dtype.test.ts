import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FineTuned, load, openModel } from "../../src/infer/index.js";
import { Tagger } from "../../src/infer/tagger.js";
import { ModelWeights } from "../../src/models/index.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-dtype-"));
const folder = join(scratch, "model");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const sequences = [5, 12, 1, 8].map((length, seed) => {
  const ids = Int32Array.from({ length }, (_, at) => 2 + ((at * 11 + seed * 17) % 90));
  return { ids, labelled: Int32Array.from(ids.keys()) };
});

async function using<T>(model: FineTuned, work: (model: FineTuned) => Promise<T>): Promise<T> {
  try {
    return await work(model);
  } finally {
    await model.dispose();
  }
}
const logitsOf = async (from: string, dtype?: "fp32" | "q8" | "int8") =>
  using(await openModel(from, { threads: 1, dtype }), ({ tagger }) => tagger.logits(sequences));
const furthest = (some: readonly Float32Array[], others: readonly Float32Array[]) =>
  Math.max(...some.flatMap((row, index) => Array.from(row, (x, at) => Math.abs(x - others[index]![at]!))));

let live: readonly Float32Array[];
beforeAll(async () => {
  await writeTinyModel(folder);
  const { config, labels } = await using(await openModel(folder, { threads: 1 }), async (model) => model);
  const { weights } = await ModelWeights.load(folder, config, labels.length);
  const tagger = await Tagger.create(weights, { threads: 1 });
  live = await tagger.logits(sequences);
  await tagger.dispose();
  await weights.dispose();
});

describe("weights that no longer change", () => {
  it("give the logits of those that training reads in place", async () => {
    expect(furthest(await logitsOf(folder), live)).toBeLessThan(1e-5);
  });

  it("come from a file behind a link, as the hub's cache has it", async () => {
    const [linked, blob] = [join(scratch, "linked"), join(scratch, "blob")];
    cpSync(folder, linked, { recursive: true });
    renameSync(join(linked, "model.safetensors"), blob);
    symlinkSync(realpathSync(blob), join(linked, "model.safetensors"));
    expect(furthest(await logitsOf(linked), live)).toBeLessThan(1e-5);
  });

  it("come from shards, some of which lie elsewhere", async () => {
    const sharded = join(scratch, "sharded");
    cpSync(folder, sharded, { recursive: true });
    const halves = splitInTwo(readFileSync(join(sharded, "model.safetensors")));
    rmSync(join(sharded, "model.safetensors"));
    writeFileSync(join(sharded, "a.safetensors"), halves[0]!.bytes);
    writeFileSync(join(scratch, "elsewhere"), halves[1]!.bytes);
    symlinkSync(join(scratch, "elsewhere"), join(sharded, "b.safetensors"));
    const map = Object.fromEntries(
      halves.flatMap(({ names }, half) => names.map((name) => [name, `${"ab"[half]}.safetensors`])),
    );
    writeFileSync(join(sharded, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
    expect(furthest(await logitsOf(sharded), live)).toBeLessThan(1e-5);
  });

  it("do not need their file once they are loaded", async () => {
    const gone = join(scratch, "gone");
    cpSync(folder, gone, { recursive: true });
    const model = await openModel(gone, { threads: 1 });
    rmSync(gone, { recursive: true });
    expect(furthest(await using(model, ({ tagger }) => tagger.logits(sequences)), live)).toBeLessThan(1e-5);
  });
});

describe("8 bits", () => {
  it.each([
    ["q8", 0.25],
    ["int8", 0.6],
  ] as const)("%s stays near the floats", async (dtype, tolerance) => {
    const logits = await logitsOf(folder, dtype);
    expect(furthest(logits, live)).toBeLessThan(tolerance);
    expect(furthest(logits, live)).toBeGreaterThan(0);
  });

  it("q8 gives a sentence the same logits in any company", async () => {
    await using(await openModel(folder, { threads: 1, dtype: "q8" }), async ({ tagger }) => {
      const together = await tagger.logits(sequences);
      for (const [index, sequence] of sequences.entries())
        expect(furthest(await tagger.logits([sequence]), [together[index]!])).toBeLessThan(1e-5);
    });
  });

  it("a dtype that is none is refused", async () => {
    await expect(load(folder, { dtype: "q4" as "q8" })).rejects.toMatchObject({
      code: "INFER_OPTION_INVALID",
      where: "dtype",
    });
  });
});

/** A safetensors file as two, every other tensor in each. */
function splitInTwo(file: Buffer): { names: string[]; bytes: Buffer }[] {
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  return [0, 1].map((half) => {
    const chosen = names.filter((_, index) => index % 2 === half);
    let end = 0;
    const data = chosen.map((name) =>
      file.subarray(...header[name]!.data_offsets.map((at) => 8 + length + at)),
    );
    const entries = chosen.map((name, index) => {
      const begin = end;
      end += data[index]!.length;
      return [name, { ...header[name]!, data_offsets: [begin, end] }];
    });
    const json = JSON.stringify(Object.fromEntries(entries));
    const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    return { names: chosen, bytes: Buffer.concat([size, text, ...data]) };
  });
}
