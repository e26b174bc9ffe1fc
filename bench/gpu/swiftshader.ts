import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadForeign } from "../../src/runtime/foreign.js";

/** Where Debian's chromium-common has SwiftShader, a Vulkan driver that computes on the CPU, and the Vulkan library. */
const CHROMIUM = "/usr/lib/chromium";

/** Lets this process compute on SwiftShader. */
export function useSwiftshader(): void {
  const driver = join(CHROMIUM, "vk_swiftshader_icd.json");
  const vulkan = join(CHROMIUM, "libvulkan.so.1");
  if (!existsSync(driver) || !existsSync(vulkan))
    throw new Error(`${driver} is missing: install SwiftShader with apt-get install chromium-common`);
  process.env.VK_DRIVER_FILES = driver;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  // Whoever asks for a library of this name gets the one that is loaded.
  loadForeign(vulkan);
}
