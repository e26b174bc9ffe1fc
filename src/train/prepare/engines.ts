import type { Recipe } from "../../recipe/index.js";
import { chosenEngine, type DeviceName, type Engine } from "../../runtime/index.js";

/** The engines of a run. They have the same device, so that both read the same weights. */
export interface RunEngines {
  readonly training: Engine;
  /** Computes evaluations. */
  readonly evaluation: Engine;
}

/**
 * Returns the engines that a recipe asks for. As in HF, `bf16` is for evaluations too, and `bf16_full_eval` for them alone.
 *
 * @throws NeriumError RUNTIME_BF16_…, RUNTIME_OPENVINO_…, RUNTIME_DEVICE_UNSUPPORTED, RUNTIME_WEBGPU_UNAVAILABLE,
 *   RUNTIME_CUDA_…
 */
export async function runEngines({
  engine,
  device,
  bf16,
  bf16FullEval,
  tf32,
}: Pick<Recipe, "engine" | "device" | "bf16" | "bf16FullEval" | "tf32">): Promise<RunEngines> {
  if (device === "auto" && bf16FullEval && !bf16) {
    const training = await chosenEngine({ engine, device, tf32 });
    // Evaluations read the weights where they are.
    const same = training.device as DeviceName;
    return { training, evaluation: await chosenEngine({ engine, device: same, bf16: true, tf32 }) };
  }
  // First what needs more: on a processor without bf16, installing OpenVINO for the training would not help.
  const evaluation =
    bf16FullEval && !bf16 ? await chosenEngine({ engine, device, bf16: true, tf32 }) : undefined;
  const training = await chosenEngine({ engine, device, bf16, tf32 });
  return { training, evaluation: evaluation ?? training };
}
