import { readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Returns the paths of all files and links below a folder, with `/` between their parts, sorted.
 *
 * @param takes decides by name if a file is listed or a folder is searched. Defaults to all
 */
export async function pathsUnder(
  folder: string,
  takes: (name: string) => boolean = () => true,
): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!takes(entry.name)) continue;
    if (!entry.isDirectory()) found.push(entry.name);
    else
      for (const path of await pathsUnder(join(folder, entry.name), takes))
        found.push(`${entry.name}/${path}`);
  }
  return found.sort();
}
