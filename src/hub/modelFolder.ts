import { stat } from "node:fs/promises";
import { readWholeText } from "../files/index.js";
import type { About, HubClient } from "./client.js";
import { noModel, noSafetensors } from "./errors.js";
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
const WEIGHTS = "model.safetensors";
const INDEX = `${WEIGHTS}.index.json`;
/** Weight files in formats that are not read; some of them can hold code. */
const PICKLES = /^(pytorch_model.*\.bin|tf_model\.h5|flax_model\.msgpack|model\.ckpt.*)$/;

export interface FolderOptions extends FetchOptions {
  /** Branch, tag or commit, if the name does not contain one. Defaults to main. */
  readonly revision?: string | undefined;
  /** Called if the hub does not answer and the cache is used instead. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

/**
 * Returns the folder of a model. If `name` is an existing path, it is returned unchanged. Otherwise the model
 * is downloaded from the hub into the cache; only the files that are needed are downloaded (configuration,
 * tokenizer, safetensors).
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
    if (paths.has(WEIGHTS)) return fetchFiles(client, found, [...small, WEIGHTS], options);
    if (!paths.has(INDEX))
      throw noSafetensors(
        about,
        [...paths].find((path) => PICKLES.test(path)),
      );
    const folder = await fetchFiles(client, found, [...small, INDEX], options);
    const shards = shardsOf(await readWholeText(inSnapshot(folder, INDEX))).filter((path) => paths.has(path));
    return fetchFiles(client, found, [...small, INDEX, ...shards], options);
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
 * Returns the file names in a safetensors index. A broken index is reported later, when the weights are read.
 */
function shardsOf(text: string): string[] {
  try {
    const { weight_map: map } = JSON.parse(text) as { weight_map?: Record<string, unknown> };
    return [...new Set(Object.values(map ?? {}))].filter((value) => typeof value === "string");
  } catch {
    return [];
  }
}
