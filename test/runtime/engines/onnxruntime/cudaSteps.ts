/** Takes a training step of a tiny model on CUDA, evaluates, and prints which operations ran where, as JSON. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseRecipe } from "../../../../src/recipe/index.js";
import { chosenEngine } from "../../../../src/runtime/index.js";
import { prepare } from "../../../../src/train/prepare/prepare.js";
import { StepEngine } from "../../../../src/train/step/stepEngine.js";
import { tinyConfigs } from "../../../models/tinyConfigs.js";
import { tinyModel } from "../../../train/tinyModel.js";

const [, , family = "bert", format = "fp32"] = process.argv;
const engine = await chosenEngine({ device: "cuda", bf16: format === "bf16", tf32: format === "tf32" });
const tiny = await tinyModel({ model_type: family, ...tinyConfigs[family] });
const changes = { gradientAccumulationSteps: 2, emaDecay: 0.9, perDeviceTrainBatchSize: 4 };
const { recipe } = parseRecipe(tiny.recipe(changes));
const prepared = await prepare(recipe, undefined, { engines: { training: engine, evaluation: engine } });
const before = prepared.weights.block.copyOut();
const trainer = await StepEngine.create(recipe, prepared, 1, { profile: join(tiny.folder, "profile") });
await trainer.gradient([...prepared.train.windows].slice(0, 8), 1);
await trainer.update(1, 1e-3, 1);
await trainer.followAverage(1, true);
await trainer.evaluate(prepared.validation!);
// Kernels compute nothing, so what comes back are the zeros of new memory.
const after = prepared.weights.block.copyOut();
const nodes: Record<string, string[]> = {};
for (const file of trainer.endProfiling()) {
  const events: { cat: string; name: string; args: { op_name: string; provider: string } }[] = JSON.parse(
    readFileSync(file, "utf8"),
  );
  for (const { cat, name, args } of events) {
    if (cat === "Node" && name.endsWith("_kernel_time")) {
      nodes[args.provider] ??= [];
      nodes[args.provider]!.push(args.op_name);
    }
  }
}
await trainer.dispose();
rmSync(tiny.folder, { recursive: true });
console.log(
  JSON.stringify({
    device: `${engine.device}, ${engine.description}`,
    nodes,
    copiedBack: before.some((value) => value !== 0) && after.every((value) => value === 0),
  }),
);
