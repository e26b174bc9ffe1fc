import { isNeriumError } from "../../errors.js";
import type { ConcreteDevice } from "../combinations.js";
import type { Engine } from "../engine.js";
import { type Gpu, machineGpus } from "../gpus.js";

/**
 * Returns the engine for `device: auto`: that of a discrete GPU, if this machine has one that can be used, otherwise that of the
 * CPU. Its description says which, and why.
 *
 * @param choose returns the engine for a device, or throws
 */
export async function autoEngine(
  choose: (device: ConcreteDevice) => Promise<Engine>,
  gpus: readonly Gpu[] = machineGpus(),
): Promise<Engine> {
  const discrete = gpus.filter(({ isDiscrete }) => isDiscrete);
  const problems = discrete.length === 0 ? ["This machine has no discrete GPU"] : [];
  for (const device of devicesOf(discrete)) {
    try {
      return await choose(device);
    } catch (error) {
      if (!isNeriumError(error)) throw error;
      problems.push(error.message);
    }
  }
  const engine = await choose("cpu");
  return { ...engine, description: `${engine.description}. ${problems.join(". ")}` };
}

/** The devices through which these GPUs can be reached, the fastest first. */
const devicesOf = (gpus: readonly Gpu[]): readonly ConcreteDevice[] => [
  ...(gpus.some(({ vendor }) => vendor === "NVIDIA") ? (["cuda"] as const) : []),
  ...(gpus.length > 0 ? (["webgpu"] as const) : []),
];
