import { describe } from "vitest";
import { useSwiftshader } from "../../bench/gpu/swiftshader.js";
import { isNeriumError } from "../../src/errors.js";
import { chosenEngine, type Engine } from "../../src/runtime/index.js";

async function found(): Promise<Engine | string> {
  const missing = useSwiftshader();
  if (missing !== undefined) return missing;
  try {
    return await chosenEngine({ device: "webgpu" });
  } catch (error) {
    if (isNeriumError(error)) return error.message;
    throw error;
  }
}

const here = await found();

/** WebGPU on SwiftShader. Use it in {@link describeWebgpu} only. */
export const webgpuEngine = here as Engine;

/** `describe`, if SwiftShader is installed. Otherwise the tests are skipped, and their title says why. */
export const describeWebgpu = (title: string, tests: () => void): void =>
  typeof here === "string"
    ? void describe.skip(`${title} (skipped: ${here})`, tests)
    : void describe(title, tests);
