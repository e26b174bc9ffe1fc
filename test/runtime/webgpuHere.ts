import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { isNeriumError } from "../../src/errors.js";
import { loadForeign } from "../../src/runtime/foreign.js";
import { chosenEngine, type Engine } from "../../src/runtime/index.js";

/** Where Debian's chromium-common has SwiftShader, a Vulkan driver that computes on the CPU, and the Vulkan library. */
export const CHROMIUM = "/usr/lib/chromium";

async function found(): Promise<Engine | string> {
  const driver = join(CHROMIUM, "vk_swiftshader_icd.json");
  const vulkan = join(CHROMIUM, "libvulkan.so.1");
  if (!existsSync(driver) || !existsSync(vulkan))
    return "chromium-common, with SwiftShader, is not installed";
  process.env.VK_DRIVER_FILES = driver;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  // Whoever asks for a library of this name gets the one that is loaded.
  loadForeign(vulkan);
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
