import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { RUN_NOTES } from "../../src/recipe/index.js";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

/** Removes everything from a text that depends on the clock or on the path of the output folder. */
export const timeless = (text: string, output: string) =>
  text
    .replace(/^.*_(runtime|per_second)".*$/gm, "")
    .replace(/"(seconds|output)":[^,}]*/g, "")
    .replaceAll(output, "OUTPUT")
    .replaceAll(output.split("/").at(-1)!, "OUTPUT");

/**
 * The hashes of the files that must be the same after an interrupted and an uninterrupted run. `at` is the
 * name of a checkpoint, or "" for the folder itself.
 */
export function bytesOf(output: string, at: string): Record<string, string> {
  const folder = join(output, at);
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  const compared = names.filter(
    (name) => !["manifest.json", "run_state.json", "training_args.json", RUN_NOTES].includes(name),
  );
  return Object.fromEntries(
    compared.map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [name, sha256(/\.(json|md)$/.test(name) ? timeless(bytes.toString(), output) : bytes)];
    }),
  );
}

/**
 * The final files of a run: those of its model folder and of its last checkpoint, including the optimizer's
 * state.
 */
export const ending = (output: string, last = "checkpoint-8") => ({
  folder: bytesOf(output, ""),
  checkpoint: bytesOf(output, last),
});

/** All files of a folder with their times and hashes, to check that nothing was changed. */
export const everything = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${statSync(path).mtimeMs} ${sha256(readFileSync(path))}`);
