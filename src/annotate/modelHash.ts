import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { attempt, sha256, sha256OfFile } from "../files/index.js";

/** The files of a model folder that decide what the model finds: not its card, its logs, or its checkpoints. */
const DECIDES =
  /^(config\.json|tokenizer.*|special_tokens_map\.json|added_tokens\.json|vocab.*|merges\.txt|.*\.safetensors|.*\.safetensors\.index\.json|pytorch_model.*|.*\.model)$/;

/** Returns the sha256 of a model: of the names and contents of the files that decide what it finds. */
export async function modelHash(folder: string): Promise<string> {
  const names = (await attempt(folder, "read", () => readdir(folder))).filter((name) => DECIDES.test(name));
  const files: [string, string][] = [];
  for (const name of names.sort())
    files.push([name, await attempt(join(folder, name), "read", () => sha256OfFile(join(folder, name)))]);
  return sha256(JSON.stringify(files));
}
