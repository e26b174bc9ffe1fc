import type { Recipe } from "../../recipe/index.js";
import { type Gpu, machineGpus } from "../../runtime/index.js";
import type { Message } from "./messages.js";

/** Returns what to say of a discrete GPU that a run on the CPU does not use, or `undefined` if there is none. */
export function gpuAdvice(
  { device }: Pick<Recipe, "device">,
  gpus: readonly Gpu[] = device === "cpu" ? machineGpus() : [],
): Message | undefined {
  const gpu = gpus.find(({ isDiscrete }) => isDiscrete);
  if (device !== "cpu" || gpu === undefined) return undefined;
  return {
    type: "notice",
    code: "GPU_AVAILABLE",
    message: `This machine has a GPU, ${gpu.name}. device: auto (--device auto) trains on it if it can be used; nerium devices shows what is missing. See docs/gpu.md.`,
  };
}

let given = false;

/** Returns {@link gpuAdvice} at the first call that has some, and nothing later in this process. */
export function gpuAdviceOnce(...run: Parameters<typeof gpuAdvice>): Message[] {
  const advice = given ? undefined : gpuAdvice(...run);
  if (advice === undefined) return [];
  given = true;
  return [advice];
}
