import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseJson, readWholeText } from "../files/index.js";
import type { About, HubClient } from "./client.js";
import { noModel, noWeights } from "./errors.js";
import { withClient } from "./hub.js";
import { mayBeTypedName, typedName } from "./names.js";
import { repository } from "./repository.js";
import { type FetchOptions, fetchFiles, inSnapshot } from "./snapshot.js";

/** Files, besides the weights, that a token classification model may have. */
const COMPANIONS = new Set([
  ...[
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
  ],
  "crf.safetensors",
  ...["vocab.json", "merges.txt", "vocab.txt"],
  ...["spm.model", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model"],
]);
const WITHOUT_WEIGHTS = [...COMPANIONS].filter((name) => name !== "crf.safetensors");
/** Weight files; each is only downloaded if those before it are not there. Any can be shards with an index. */
const WEIGHTS = ["model.safetensors", "pytorch_model.bin"];
/** Weight files in formats that are not read. */
const OTHER_WEIGHTS = /^(tf_model\.h5|flax_model\.msgpack|model\.ckpt.*)$/;

export interface FolderOptions extends FetchOptions {
  /** Branch, tag or commit, if the name does not contain one. Defaults to main. */
  readonly revision?: string | undefined;
  /** Called if the hub does not answer and the cache is used instead. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

/**
 * Returns the folder of a model. If `name` is an existing path, it is returned unchanged. Otherwise the model
 * is downloaded from the hub into the cache; only the files that are needed are downloaded (configuration,
 * tokenizer, safetensors or, if there are none, pytorch_model.bin).
 *
 * @param name a path, or `NAME[@REVISION]`
 * @returns the path of a folder; a path that cannot be a name on the hub is returned unchanged
 * @throws NeriumError `HUB_…`, `FILES_…`
 */
export function modelFolder(name: string, options: FolderOptions = {}): Promise<string> {
  return folderOf(name, options, async (client, about) => {
    const found = await repository(client, about);
    notice(found, options);
    const paths = new Set(found.files.map(({ path }) => path));
    if (!paths.has("config.json")) throw noModel(about);
    const small = [...paths].filter((path) => COMPANIONS.has(path));
    const fetch = (weights: readonly string[]) => fetchFiles(client, found, [...small, ...weights], options);
    for (const single of WEIGHTS) {
      if (paths.has(single)) return fetch([single]);
      const index = `${single}.index.json`;
      if (!paths.has(index)) continue;
      const folder = await fetch([index]);
      const shards = shardsOf(await readWholeText(inSnapshot(folder, index)));
      return fetch([index, ...shards.filter((path) => paths.has(path))]);
    }
    throw noWeights(
      about,
      [...paths].find((path) => OTHER_WEIGHTS.test(path)),
    );
  });
}

/** Like {@link modelFolder}, but only for tokenizer and configuration: the weights are not downloaded. */
export function tokenizerFolder(name: string, options: FolderOptions = {}): Promise<string> {
  return folderOf(name, options, async (client, about) => {
    const found = await repository(client, about);
    notice(found, options);
    const paths = found.files.map(({ path }) => path).filter((path) => WITHOUT_WEIGHTS.includes(path));
    return fetchFiles(client, found, paths, options);
  });
}

/** Returns the files of a model on this machine that are read; none if the name is not the path of a folder. */
export async function modelFilesAt(name: string): Promise<string[]> {
  const names = await readdir(name).catch(() => []);
  return names
    .filter((file) => COMPANIONS.has(file) || /\.(safetensors|bin)(\.index\.json)?$/.test(file))
    .map((file) => join(name, file));
}

/** Returns true if a name means the hub: it may be a name there, and no such path exists here. */
export async function isOnHub(name: string): Promise<boolean> {
  return mayBeTypedName(name) && (await stat(name).catch(() => undefined)) === undefined;
}

async function folderOf(
  name: string,
  { revision: asked = "main" }: FolderOptions,
  find: (client: HubClient, about: About) => Promise<string>,
): Promise<string> {
  if (!(await isOnHub(name))) return name;
  const typed = typedName(name);
  const about: About = { kind: "model", asked: typed.name, revision: typed.revision ?? asked };
  return withClient((client) => find(client, about));
}

export function notice(
  { about, unreachable }: Awaited<ReturnType<typeof repository>>,
  { onNotice }: Pick<FolderOptions, "onNotice">,
): void {
  if (unreachable !== undefined)
    onNotice?.(`${unreachable.message}. Using the cached version of ${about.asked}.`);
}

/**
 * Returns the file names in an index of shards. A broken index is reported later, when the weights are read.
 */
function shardsOf(text: string): string[] {
  try {
    const { weight_map: map } = parseJson(text) as { weight_map?: Record<string, unknown> };
    return [...new Set(Object.values(map ?? {}))].filter((value) => typeof value === "string");
  } catch {
    return [];
  }
}
