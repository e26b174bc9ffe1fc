/** Prints the version of ONNX Runtime, or what stood against it. */
import type { NeriumError } from "../../../src/errors.js";
import { ortVersion } from "../../../src/runtime/index.js";

try {
  process.stdout.write(ortVersion());
} catch (error) {
  const { code, where } = error as NeriumError;
  process.stdout.write(`${code} ${where}`);
}
