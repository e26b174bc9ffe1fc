/**
 * Tells how far the gradient of one batch in bf16 is from the gradient in fp32, without dropout, beside PyTorch's autocast:
 *
 *     npm run bench:bf16-gradient -- --model bert-base-cased --train train.txt [--batches 3] [--threads 2]
 *
 * Both start with the same weights of the head. The distance of two gradients is |a − b| / |b|, over all parameters and of the worst
 * parameter. The interpreter is $NERIUM_PYTHON.
 */
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { machineReport } from "../../src/runtime/index.js";
import { epochOrder } from "../../src/train/random.js";
import { Contestant } from "../python/contestant.js";
import { type Contender, contender } from "../train-step/steps.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    batches: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
  },
});
if (values.model === undefined || values.train === undefined)
  throw new Error("usage: npm run bench:bf16-gradient -- --model FOLDER --train FILE");

const batchSize = 16;
const folder = mkdtempSync(join(tmpdir(), "nerium-bf16-"));
const given = resolve(values.model);
for (const name of readdirSync(given))
  if (name === "config.json") {
    const config = JSON.parse(readFileSync(join(given, name), "utf8"));
    const still = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0, classifier_dropout: 0 };
    writeFileSync(join(folder, name), JSON.stringify({ ...config, ...still }));
  } else if (name.endsWith(".safetensors")) symlinkSync(join(given, name), join(folder, name));
  else copyFileSync(join(given, name), join(folder, name));

const threads = Number(values.threads);
const settings = { model: folder, train: values.train, per_device_train_batch_size: batchSize, seed: 42 };
const exact = await contender({ ...settings, engine: "onnxruntime", bf16: false }, threads);
const rough = await contender({ ...settings, engine: "openvino", bf16: true }, threads);

/** The gradient of each parameter, which the engine overwrites in the next step. */
async function gradientsOf({ trainer, prepared }: Contender, batch: number) {
  const { windows } = prepared.train;
  const order = epochOrder(windows.length, settings.seed, 0);
  const members = Array.from(
    order.subarray(batch * batchSize, (batch + 1) * batchSize),
    (at) => windows.at(at)!,
  );
  const { loss } = await trainer.gradient(members, 1);
  const { layout } = prepared.weights;
  const of = layout.parameters.map(({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return { name, values: trainer.gradients.read(layout.offset(name) * 4, length) };
  });
  return { loss, of, members };
}

const head = exact.prepared.weights.layout.parameters.filter(({ name }) => name.startsWith("classifier."));
const headValues = Object.fromEntries(
  head.map(({ name, shape }) => {
    const { block, layout } = exact.prepared.weights;
    const length = shape.reduce((product, size) => product * size, 1);
    return [name, [...block.read(layout.offset(name) * 4, length)]];
  }),
);
const python = Contestant.start(join(import.meta.dirname, "gradient.py"), [folder, "9", String(threads)]);
await python.ask(headValues);

const { processor, bf16 } = await machineReport();
console.log(`${processor}, bf16: ${bf16}`);
for (let batch = 0; batch < Number(values.batches); batch++) {
  const a = await gradientsOf(rough, batch);
  const b = await gradientsOf(exact, batch);
  let [difference, length] = [0, 0];
  let worst = { name: "", distance: 0 };
  for (const [index, { name, values: reference }] of b.of.entries()) {
    const own = a.of[index]!.values;
    let [d, l] = [0, 0];
    for (let at = 0; at < reference.length; at++) {
      d += (own[at]! - reference[at]!) ** 2;
      l += reference[at]! ** 2;
    }
    difference += d;
    length += l;
    const distance = Math.sqrt(d / l);
    // The gradient of a key's bias is 0 but for rounding.
    if (distance > worst.distance && l > 1e-12) worst = { name, distance };
  }
  const ours = Math.sqrt(difference / length);
  const theirs = await python.ask<{ all: number; worst: number; name: string; losses: number[] }>({
    ids: a.members.map(({ inputIds }) => [...inputIds]),
    labels: a.members.map(({ labels }) => [...labels]),
  });
  const show = (value: number) => value.toExponential(2);
  console.log(
    `batch ${batch}: bf16 ${show(ours)} of fp32 over all, worst ${show(worst.distance)} (${worst.name}); ` +
      `autocast ${show(theirs.all)}, worst ${show(theirs.worst)} (${theirs.name}); ` +
      `ratio ${(ours / theirs.all).toFixed(2)}, of the worst ${(worst.distance / theirs.worst).toFixed(2)}; ` +
      `losses ${[b.loss, a.loss, ...theirs.losses].map((loss) => loss.toFixed(5)).join(" ")}`,
  );
}
python.end();
await exact.trainer.dispose();
await rough.trainer.dispose();
rmSync(folder, { recursive: true });
