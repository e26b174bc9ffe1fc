import type { Encoder } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";
import { type Bf16Support, bf16Support } from "../../runtime/index.js";
import type { Message } from "./messages.js";

/** The time of a training step with the optimizer in bf16, as a share of that in fp32. A test compares it with the page. */
export const MEASURED = { share: "0.65", processor: "AMD Zen 4", page: "docs/engines.md" } as const;

/** The least width of an encoder with which a step in bf16 is clearly faster: 0.80 of the time with 384, 0.99 with 256. */
const LEAST_WIDTH = 384;

/**
 * Returns what bf16 would bring to a training run in fp32, or `undefined` if it would bring nothing: the processor does not
 * have it, the encoder is small, or the recipe chooses ONNX Runtime or another
 * device.
 */
export function bf16Advice(
  { engine, device, bf16 }: Pick<Recipe, "engine" | "device" | "bf16">,
  { hiddenSize }: Pick<Encoder, "hiddenSize">,
  support: Bf16Support = bf16Support(),
): Message | undefined {
  if (bf16 || engine === "onnxruntime" || device !== "cpu" || hiddenSize < LEAST_WIDTH) return undefined;
  if (support === "none" || support === "unknown") return undefined;
  const { share, processor, page } = MEASURED;
  return {
    type: "notice",
    code: "BF16_AVAILABLE",
    message: `This CPU has ${support}, so bf16: true (--bf16) would make training faster: a step took ${share} of the time on an ${processor}. It needs OpenVINO; see ${page}.`,
  };
}

let given = false;

/** Returns {@link bf16Advice} at the first call that has some, and nothing later in this process. */
export function bf16AdviceOnce(...run: Parameters<typeof bf16Advice>): Message[] {
  const advice = given ? undefined : bf16Advice(...run);
  if (advice === undefined) return [];
  given = true;
  return [advice];
}
