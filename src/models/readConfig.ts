import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeep, parseJson, readWholeFile } from "../files/index.js";
import { commonSchema, type ModelConfig } from "./config.js";
import {
  configUnreadable,
  configUnsupported,
  folderIsFile,
  folderMissing,
  modelFolderInside,
} from "./errors.js";
import { familyOf, modelTypes } from "./families/index.js";

/** Reads and checks a folder's config.json. */
export async function readConfig(folder: string): Promise<ModelConfig> {
  const file = join(folder, "config.json");
  let json: unknown;
  try {
    json = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(await readWholeFile(file)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") throw folderIsFile(folder);
    const absent = code === "ENOENT";
    if (absent && !existsSync(folder)) throw folderMissing(folder);
    const inside = absent ? modelFoldersIn(folder) : [];
    if (inside.length > 0) throw modelFolderInside(folder, inside);
    throw configUnreadable(file, absent ? "there is no config.json" : (error as Error).message);
  }
  if (isDeep(json)) throw configUnreadable(file, "values are nested too deeply");
  return parseConfig(json, file);
}

/** The folders directly in a folder that have a config.json, `model` first. */
const modelFoldersIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "config.json")))
    .map((name) => join(folder, name))
    .sort((a, b) => Number(basename(b) === "model") - Number(basename(a) === "model") || (a < b ? -1 : 1));

/** Checks the content of a config.json. Errors name `file`. */
export function parseConfig(json: unknown, file: string): ModelConfig {
  const type = (json as { model_type?: unknown } | null)?.model_type;
  const family = typeof type === "string" ? familyOf(type) : undefined;
  if (typeof type === "string" && family === undefined)
    throw configUnsupported(file, "model_type", type, `${modelTypes.join(", ")} (see nerium models)`);
  const parsed = (family?.schema ?? commonSchema).safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw configUnreadable(file, `${issue!.path.join(".") || "config.json"}: ${issue!.message}`);
  }
  const { per_layer_config: perLayer } = parsed.data;
  if (perLayer != null)
    throw configUnsupported(file, "per_layer_config", perLayer, "layers that are all alike");
  family!.check(parsed.data, file);
  return parsed.data;
}
