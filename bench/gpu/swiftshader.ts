import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadForeign } from "../../src/runtime/foreign.js";

/** Where Debian's chromium-common has SwiftShader, a Vulkan driver that computes on the CPU, and the Vulkan library. */
export const CHROMIUM = "/usr/lib/chromium";

/** Lets this process compute on SwiftShader. Returns what is missing, if anything is. */
export function useSwiftshader(): string | undefined {
  const driver = join(CHROMIUM, "vk_swiftshader_icd.json");
  const vulkan = join(CHROMIUM, "libvulkan.so.1");
  if (!existsSync(driver) || !existsSync(vulkan))
    return "chromium-common, with SwiftShader, is not installed";
  process.env.VK_DRIVER_FILES = driver;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  // Whoever asks for a library of this name gets the one that is loaded.
  loadForeign(vulkan);
  return undefined;
}

/** Like {@link useSwiftshader}, but throws if something is missing. */
export function requireSwiftshader(): void {
  const missing = useSwiftshader();
  if (missing !== undefined) throw new Error(missing);
}
