/** Trains a tiny model for some steps in a process of its own, and prints {@link FamilySteps}. Started by bench/gpu/families.ts. */
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contender, ourStep } from "../train-step/steps.js";
import { batchNumbers } from "./batches.js";
import type { FamilySteps } from "./families.js";
import { requireSwiftshader } from "./swiftshader.js";

const { device, model, train, steps, swiftshader } = JSON.parse(process.argv[2]!) as {
  readonly device: string;
  readonly model: string;
  readonly train: string;
  readonly steps: number;
  readonly swiftshader: boolean;
};
if (swiftshader) requireSwiftshader();
const batchSize = 4;
const settings = { model, train, device, engine: "auto", bf16: false, seed: 42 };
const { prepared, trainer } = await contender(
  { ...settings, per_device_train_batch_size: batchSize },
  1,
  join(tmpdir(), `nerium-families-${process.pid}`),
);
const { windows } = prepared.train;
const batches = batchNumbers(windows.length, () => 1, { grouped: false, batchSize, seed: 42 });
const batchOf = (index: number) => batches[index % batches.length]!.map((at) => windows.at(at)!);
const losses: number[] = [];
const begin = performance.now();
for (let index = 0; index < steps; index++) losses.push((await ourStep(trainer, batchOf, index)).loss);
const seconds = (performance.now() - begin) / 1000;
const weights = prepared.weights.block.copyOut();
const elsewhere = new Set<string>();
for (const file of trainer.endProfiling()) {
  const events: { cat: string; args: { op_name: string; provider: string } }[] = JSON.parse(
    readFileSync(file, "utf8"),
  );
  for (const { cat, args } of events)
    if (cat === "Node" && args.provider === "CPUExecutionProvider") elsewhere.add(args.op_name);
  rmSync(file);
}
const result: FamilySteps = {
  losses,
  weights: Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength).toString("base64"),
  seconds,
  elsewhere: [...elsewhere],
};
await trainer.dispose();
console.log(JSON.stringify(result));
