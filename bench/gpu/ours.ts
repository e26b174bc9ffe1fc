/**
 * Trains a model step by step in a process of its own, and prints the times as one line of JSON. Started by bench/gpu/run.ts, with a
 * {@link OurTask} as its argument.
 */
import { spawnSync } from "node:child_process";
import { peakMemory } from "../memory.js";
import { contender, ourStep } from "../train-step/steps.js";
import { batchNumbers } from "./batches.js";
import { requireSwiftshader } from "./swiftshader.js";
import type { Figures, OurTask } from "./tasks.js";

const task = JSON.parse(process.argv[2]!) as OurTask;
if (task.swiftshader) requireSwiftshader();
const { recipe, prepared, trainer } = await contender(
  {
    ...{ model: task.model, train: task.train, per_device_train_batch_size: task.batchSize, seed: 42 },
    ...{ engine: "auto", device: task.device, bf16: task.format === "bf16", tf32: task.format === "tf32" },
  },
  task.threads,
);
const { windows } = prepared.train;
const batches = batchNumbers(windows.length, (at) => windows.at(at)!.inputIds.length, {
  ...task,
  seed: recipe.seed,
});
const batchOf = (index: number) => batches[index % batches.length]!.map((at) => windows.at(at)!);
const steps: Figures["steps"][number][] = [];
for (let index = 0; index < task.batches; index++) {
  const { seconds, tokens, loss } = await ourStep(trainer, batchOf, index);
  steps.push({ seconds, tokens, loss });
}
const figures: Figures = { steps, hostBytes: peakMemory(), gpuBytes: gpuMemory() };
await trainer.dispose();
console.log(JSON.stringify(figures));

/**
 * The memory of the GPU that NVIDIA's driver says this process has. In a container, which hides processes from the driver, it is all
 * that is used on the first GPU. Null without that driver.
 */
function gpuMemory(): number | null {
  const ask = (query: string): string[] => {
    const format = "--format=csv,noheader,nounits";
    const { status, stdout } = spawnSync("nvidia-smi", [query, format], { encoding: "utf8" });
    return status === 0 ? stdout.trim().split("\n") : [];
  };
  const own = ask("--query-compute-apps=pid,used_memory").find((line) => line.startsWith(`${process.pid},`));
  const mebibytes = own?.split(",")[1] ?? ask("--query-gpu=memory.used")[0];
  return mebibytes === undefined ? null : Number(mebibytes) * 2 ** 20;
}
