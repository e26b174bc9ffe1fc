/**
 * The weights that recorded runs of HF Trainer ended with: the same logits and scores as transformers gives them.
 * test/train/parity/recordings/make.py recorded them.
 */
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateFolder, type FineTuned, openModel } from "../../src/infer/index.js";
import { largest } from "../../src/tasks/tokenClassification/decoder.js";

const recordings = join(import.meta.dirname, "../train/parity/recordings");
/** The number of sentences that the recorded runs were validated on. */
const SENTENCES = 24;

interface Recording {
  readonly arguments: { readonly per_device_eval_batch_size?: number };
  readonly evaluations: readonly Readonly<Record<string, number>>[];
  readonly sample: readonly { readonly input_ids: number[]; readonly logits: number[][] }[];
}

const scratch = mkdtempSync(join(tmpdir(), "nerium-parity-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(["tiny-bert", "tiny-roberta"])("the recorded weights of %s", (name) => {
  const folder = join(scratch, name);
  let run: Recording;
  let model: FineTuned;
  beforeAll(async () => {
    run = JSON.parse(readFileSync(join(recordings, name, "run.json"), "utf8")) as Recording;
    cpSync(join(recordings, name, "init"), folder, { recursive: true });
    copyFileSync(join(recordings, name, "final.safetensors"), join(folder, "model.safetensors"));
    model = await openModel(folder, { threads: 2 });
  });
  afterAll(() => model?.dispose());

  it("give the recorded logits, special pieces included", async () => {
    const sequences = run.sample.map(({ input_ids }) => ({
      ids: Int32Array.from(input_ids),
      labelled: Int32Array.from(input_ids.keys()),
    }));
    const rows = await model.tagger.logits(sequences);
    let furthest = 0;
    for (const [index, { logits }] of run.sample.entries()) {
      const width = model.labels.length;
      expect(rows[index]!.length).toBe(logits.length * width);
      logits.flat().forEach((value, place) => {
        furthest = Math.max(furthest, Math.abs(value - rows[index]![place]!));
      });
      const tags = logits.map((_, row) => largest(rows[index]!.subarray(row * width, (row + 1) * width)));
      expect(tags).toEqual(logits.map((row) => largest(Float32Array.from(row))));
    }
    expect(furthest).toBeLessThan(2e-5);
  });

  it("give the recorded loss and scores of the validation sentences", async () => {
    const file = join(scratch, `${name}.conll`);
    writeFileSync(file, firstSentences(SENTENCES));
    const { loss, scores, sentences } = await evaluateFolder(folder, file, {
      threads: 2,
      batchSize: run.arguments.per_device_eval_batch_size ?? 8,
    });
    const recorded = run.evaluations.at(-1)!;
    expect(sentences).toBe(SENTENCES);
    expect(loss).toBeCloseTo(recorded.eval_loss!, 5);
    expect(scores.micro).toMatchObject({
      precision: recorded.eval_precision,
      recall: recorded.eval_recall,
      f1: recorded.eval_f1,
    });
    expect(scores.accuracy).toBe(recorded.eval_accuracy);
  });
});

function firstSentences(count: number): string {
  const blocks = readFileSync(join(recordings, "data/valid.conll"), "utf8").split(/\n\n+/);
  const sentences = blocks.filter((block) => block !== "" && !block.startsWith("-DOCSTART-"));
  return `${sentences.slice(0, count).join("\n\n")}\n`;
}
