import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "../reader.js";

/** Makes a folder hold these files and no others. */
export function fillFolder(folder: string, files: Files): void {
  for (const name of readdirSync(folder))
    if (!Object.hasOwn(files, name)) rmSync(join(folder, name), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}
