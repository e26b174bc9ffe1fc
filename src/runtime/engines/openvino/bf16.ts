import { bf16Unsupported } from "../../errors.js";
import { bf16Support } from "../../processor.js";
import { openvino } from "./openvino.js";

/** Throws unless the processor and OpenVINO both have bf16. The processor comes first: without it, no library helps. */
export function requireBf16(): void {
  const support = bf16Support();
  if (support === "none") throw bf16Unsupported("it has neither AVX512_BF16 nor AMX");
  if (support === "unknown") throw bf16Unsupported("its instructions are only known on Linux");
  const { capabilities, version } = openvino();
  if (!capabilities.includes("BF16")) throw bf16Unsupported(`OpenVINO ${version} does not offer it here`);
}
