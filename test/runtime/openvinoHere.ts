import { describe } from "vitest";
import { isNeriumError } from "../../src/errors.js";
import { chosenEngine, type Engine } from "../../src/runtime/index.js";

async function found(): Promise<Engine | string> {
  try {
    return await chosenEngine({ engine: "openvino" });
  } catch (error) {
    if (isNeriumError(error)) return error.message;
    throw error;
  }
}

const here = await found();

/** OpenVINO in float32. Use it in {@link describeOpenvino} only. */
export const openvinoEngine = here as Engine;

/** `describe`, if OpenVINO is installed. Otherwise the tests are skipped, and their title says why. */
export const describeOpenvino = (title: string, tests: () => void): void =>
  typeof here === "string"
    ? void describe.skip(`${title} (skipped: ${here})`, tests)
    : void describe(title, tests);
