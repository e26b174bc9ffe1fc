/**
 * Runs recorded by bench/parity/record.py meet every bar, from a model without a head and with all kinds of
 * arguments.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { replayRecipe } from "../../../bench/parity/arguments.js";
import { compare } from "../../../bench/parity/compare.js";
import { recordedFigures, selfDistances } from "../../../bench/parity/figures.js";
import { readRecording } from "../../../bench/parity/recording.js";
import { replay } from "../../../bench/parity/replay.js";
import { tinyModel } from "../tinyModel.js";

const python = process.env.NERIUM_PYTHON;
const script = resolve(import.meta.dirname, "../../../bench/parity/record.py");

it.skipIf(python === undefined)("a new recording is met at every bar (needs NERIUM_PYTHON)", async () => {
  const labels = [
    "O",
    ...["PER", "ORG", "LOC", "PROD", "EVENT"].flatMap((type) => [`B-${type}`, `I-${type}`]),
  ];
  const { folder, encoder } = await tinyModel({
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  });
  const out = join(folder, "recording");
  const asked = {
    learning_rate: 0.003,
    per_device_train_batch_size: 5,
    per_device_eval_batch_size: 7,
    num_train_epochs: 2.5,
    seed: 11,
    data_seed: 12,
    lr_scheduler_type: "polynomial",
    lr_scheduler_kwargs: { power: 2, lr_end: 1e-5 },
    warmup_steps: 0.1,
    weight_decay: 0.1,
    adam_beta1: 0.8,
    adam_beta2: 0.95,
    adam_epsilon: 1e-6,
    max_grad_norm: 0.1,
    label_smoothing_factor: 0.1,
    eval_strategy: "epoch",
  };
  const { status, stderr } = spawnSync(
    python!,
    [
      script,
      ...[encoder, out, "--data", folder],
      ...["--train", "first 48 sentences of train.conll", "--validation", "valid.conll, whole"],
      ...["--arguments", JSON.stringify(asked)],
    ],
    { encoding: "utf8" },
  );
  expect(status, stderr).toBe(0);

  const recording = readRecording(out);
  expect(recording.steps).toHaveLength(25);
  expect(recording.evaluations.map(({ epoch }) => epoch)).toEqual([1, 2, 2.5]);
  const replayed = await replay(recording, replayRecipe(recording, { data: folder }), { threads: 2 });
  const { bars } = compare(recordedFigures(recording), replayed, replayed.tensors, selfDistances(recording));
  expect(bars).toHaveLength(15);
  expect(bars.filter(({ ok }) => !ok)).toEqual([]);
  rmSync(folder, { recursive: true });
});
