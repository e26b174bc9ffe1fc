/** What every family can do from training to export, on a tiny encoder with random weights. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { exportModel } from "../../src/export/index.js";
import { evaluateFolder, load, type Ner } from "../../src/infer/index.js";
import { families, modelTypes } from "../../src/models/families/index.js";
import { openSafetensors } from "../../src/safetensors/index.js";
import { train } from "../../src/train/index.js";
import { ending } from "../train/outputBytes.js";
import { stopAfter } from "../train/stopAfter.js";
import { tinyModel } from "../train/tinyModel.js";
import { tinyConfigs } from "./tinyConfigs.js";

const python = process.env.NERIUM_PYTHON;
const TEXTS = [
  "Victoria Ashford works for Nexora.",
  "They drove to Thornville, and nobody in Thornville knew why.",
  "Nobody came.",
];

test("every model_type has a tiny config", () => {
  expect(Object.keys(tinyConfigs).sort()).toEqual([...modelTypes].sort());
});

/** The first type of each family: the others differ in names only. */
const types = families.map(({ architectures }) => Object.keys(architectures)[0]!);

describe.each(types)("a tiny %s", (type) => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  let folder: string;
  let ner: Ner;
  beforeAll(async () => {
    tiny = await tinyModel({ model_type: type, architectures: undefined, ...tinyConfigs[type] });
    ({ folder } = await train(
      tiny.recipe({ numTrainEpochs: 8, learningRate: 1e-2, perDeviceTrainBatchSize: 8 }),
    ).result());
    ner = await load(folder, { threads: 1 });
  });
  afterAll(async () => {
    await ner?.dispose();
    rmSync(tiny.folder, { recursive: true });
  });

  it("learns, and its folder gives the F1 of the last evaluation", async () => {
    const { eval_f1, eval_loss } = JSON.parse(readFileSync(join(folder, "all_results.json"), "utf8"));
    expect(Number.isFinite(eval_loss)).toBe(true);
    const learned = await evaluateFolder(folder, tiny.files.train, { threads: 2 });
    expect(learned.scores.micro.f1).toBeGreaterThan(0.4);
    const { scores } = await evaluateFolder(folder, tiny.files.validation, { threads: 2 });
    expect(scores.micro.f1).toBeCloseTo(eval_f1, 12);
  });

  it("finds in a text alone what it finds among others", async () => {
    const together = await ner(TEXTS);
    for (const [index, text] of TEXTS.entries()) {
      const alone = await ner(text);
      const found = together[index]!;
      expect(alone.map(({ score, ...rest }) => rest)).toEqual(found.map(({ score, ...rest }) => rest));
      for (const [at, { score }] of alone.entries()) expect(score).toBeCloseTo(found[at]!.score, 5);
    }
  });

  it.each(["q8", "int8"] as const)("reads nearly the same in %s", async (dtype) => {
    const full = await evaluateFolder(folder, tiny.files.validation, { threads: 2 });
    const small = await evaluateFolder(folder, tiny.files.validation, { threads: 2, dtype });
    expect(Math.abs(small.scores.micro.f1 - full.scores.micro.f1)).toBeLessThan(dtype === "q8" ? 0.05 : 0.2);
  });

  it("exports to files that compute the same", async () => {
    const { files } = await exportModel(folder, {
      threads: 1,
      dtypes: ["fp32", "fp16"],
      check: tiny.files.validation,
    });
    const [fp32, fp16] = files;
    expect(fp32!.logitDifference).toBeLessThan(1e-4);
    expect(fp32!.equalTags).toBe(1);
    expect(fp16!.logitDifference).toBeLessThan(0.1);
    expect(fp16!.equalTags).toBeGreaterThan(0.4);
  });

  it("with 4 steps of which 2 are resumed gives the bytes of 4 at once", async () => {
    const changes = { maxSteps: 4, saveSteps: 2, saveStrategy: "steps", evalStrategy: "no" } as const;
    const straight = tiny.recipe({ ...changes, output: join(tiny.folder, "straight") });
    await train(straight).result();
    const resumed = tiny.recipe({ ...changes, output: join(tiny.folder, "resumed") });
    await stopAfter(resumed, 2);
    await train(resumed, { resume: true }).result();
    expect(ending(resumed.output, "checkpoint-4")).toEqual(ending(straight.output, "checkpoint-4"));
  });

  it("trains with a conditional random field and document context, and can be read again", async () => {
    const output = join(tiny.folder, "crf");
    const recipe = tiny.recipe({ output, crf: true, context: "document", maxSteps: 3 });
    const { folder } = await train(recipe).result();
    const { scores } = await evaluateFolder(folder, tiny.files.validation, { threads: 2 });
    expect(scores.micro.f1).toBeGreaterThanOrEqual(0);
  });

  it.skipIf(python === undefined)(
    "loads in Python without missing or unexpected weights, and gives the same logits (needs NERIUM_PYTHON)",
    async () => {
      const file = join(tiny.folder, "logits.safetensors");
      const printed = execFileSync(python!, ["-c", PROGRAM, folder, file, JSON.stringify(TEXTS)], {
        encoding: "utf8",
      });
      const { missing, unexpected, mismatched, labels } = JSON.parse(printed.trim().split("\n").at(-1)!);
      expect({ missing, unexpected, mismatched }).toEqual({ missing: [], unexpected: [], mismatched: [] });
      const theirs = await openSafetensors(file);
      expect(labels).toEqual(ner.labels);
      for (const [index, text] of TEXTS.entries()) {
        const { tensors } = theirs;
        const { shape } = tensors.get(`text${index}`)!;
        const best = new Float32Array(shape[0]!);
        await theirs.readInto(`text${index}`, best);
        const ours = await ner(text, { aggregationStrategy: "none", ignoreLabels: [] });
        expect(ours).toHaveLength(best.length);
        for (const [at, { score }] of ours.entries()) expect(score).toBeCloseTo(best[at]!, 5);
      }
      await theirs.close();
    },
  );
});

/** Writes, for each text, the probability of the best label of each token but the special ones. */
const PROGRAM = `
import json, sys, torch
from safetensors.torch import save_file
from transformers import AutoModelForTokenClassification, AutoTokenizer
folder, file, texts = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
model, info = AutoModelForTokenClassification.from_pretrained(folder, output_loading_info=True)
model.eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
out = {}
for at, text in enumerate(texts):
    ids = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        out[f"text{at}"] = model(**ids).logits[0].softmax(-1).max(-1).values[1:-1].contiguous().clone()
save_file(out, file)
print(json.dumps({"missing": sorted(info["missing_keys"]), "unexpected": sorted(info["unexpected_keys"]),
    "mismatched": sorted(map(str, info["mismatched_keys"])), "labels": [model.config.id2label[n] for n in range(model.config.num_labels)]}))
`;
