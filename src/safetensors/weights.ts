import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { attempt, readWholeFile } from "../files/index.js";
import { Owned } from "../owned.js";
import { invalidIndex, pickleOnly, quoted, shardMissing, tensorMissing, weightsMissing } from "./errors.js";
import type { TensorInfo } from "./header.js";
import { openSafetensors, type SafetensorsFile, type TensorReadOptions, type Weights } from "./read.js";
import { StrictJson, utf8 } from "./strictJson.js";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const LARGEST_INDEX = 100_000_000;
const MOST_SHARDS = 1_000;

/** Returns true for a file name that stays inside the folder on every platform. */
const isPlainName = (name: string) => /^[^/\\:\0]+\.safetensors$/.test(name) && !name.startsWith(".");

/**
 * Reads the `weight_map` of an index: tensor name → shard. Ignores `total_size`, because nothing depends on
 * it.
 */
async function readWeightMap(file: string): Promise<Map<string, string>> {
  const { size } = await attempt(file, "read", () => stat(file));
  if (size > LARGEST_INDEX)
    throw invalidIndex(file, `it has ${size} bytes, but at most ${LARGEST_INDEX} are allowed`);
  const bytes = await attempt(file, "read", () => readWholeFile(file));
  const fail = (rule: string): never => {
    throw invalidIndex(file, rule);
  };
  const json = new StrictJson(
    utf8(bytes, (what) => fail(`it is ${what}`)),
    (what) => fail(`it has ${what}`),
  );
  let map: Map<string, string> | undefined;
  const isObject = json.object((key) => {
    if (key !== "weight_map") return json.skip();
    if (map !== undefined) json.twice(key);
    map = shardNames(json, fail);
  });
  if (isObject) json.end();
  return map === undefined || map.size === 0 ? fail("it has no weight_map") : map;
}

/** Reads the value of `weight_map`. Throws if it is not an object. */
function shardNames(json: StrictJson, fail: (rule: string) => never): Map<string, string> {
  const map = new Map<string, string>();
  const isObject = json.object((name) => {
    if (map.has(name)) json.twice(name);
    const shard = json.string() ?? fail("an entry of weight_map is not a file name");
    if (!isPlainName(shard))
      fail(`${quoted(shard)} is not the name of a safetensors file in the same folder`);
    map.set(name, shard);
  });
  return isObject ? map : fail("it has no weight_map");
}

/** The shards of a model, read like one file. */
class ShardedWeights implements Weights {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly files: readonly string[];

  constructor(
    private readonly index: string,
    private readonly shards: readonly SafetensorsFile[],
    private readonly shardOf: ReadonlyMap<string, SafetensorsFile>,
  ) {
    this.files = shards.map((shard) => shard.file);
    this.metadata = shards[0]?.metadata ?? new Map();
    this.tensors = new Map(Array.from(shardOf, ([name, shard]) => [name, shard.tensors.get(name)!]));
  }

  fileOf(name: string): string {
    return this.shard(name).file;
  }

  async readInto(name: string, destination: Float32Array, options?: TensorReadOptions): Promise<void> {
    return this.shard(name).readInto(name, destination, options);
  }

  private shard(name: string): SafetensorsFile {
    const shard = this.shardOf.get(name);
    if (!shard) throw tensorMissing(this.index, name);
    return shard;
  }

  close(): Promise<void> {
    return Owned.during((owned) => {
      for (const shard of this.shards) owned.own(shard, "close");
    });
  }
}

/** Combines open shards. The index and the shards must agree on the place of every tensor. */
function joinShards(
  index: string,
  weightMap: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsFile>,
): ShardedWeights {
  const shardOf = new Map<string, SafetensorsFile>();
  for (const [shardName, shard] of shards)
    for (const name of shard.tensors.keys()) {
      if (shardOf.has(name)) throw invalidIndex(index, `the tensor ${quoted(name)} is in two shards`);
      if (weightMap.get(name) !== shardName)
        throw invalidIndex(
          index,
          `the tensor ${quoted(name)} is in ${shardName}, but is listed for ${weightMap.get(name) ?? "no shard"}`,
        );
      shardOf.set(name, shard);
    }
  for (const [name, shardName] of weightMap)
    if (!shardOf.has(name)) throw invalidIndex(index, `the tensor ${quoted(name)} is not in ${shardName}`);
  return new ShardedWeights(index, [...shards.values()], shardOf);
}

async function openShards(folder: string, entries: readonly string[]): Promise<Weights> {
  const index = join(folder, INDEX);
  const weightMap = await readWeightMap(index);
  const names = [...new Set(weightMap.values())].sort();
  if (names.length > MOST_SHARDS)
    throw invalidIndex(index, `it lists ${names.length} shards, but at most ${MOST_SHARDS} are allowed`);
  for (const name of names) if (!entries.includes(name)) throw shardMissing(index, name);
  return Owned.making(async (owned) => {
    const shards = new Map<string, SafetensorsFile>();
    for (const name of names) shards.set(name, owned.own(await openSafetensors(join(folder, name)), "close"));
    return joinShards(index, weightMap, shards);
  });
}

/**
 * Opens the weights of a model folder: `model.safetensors`, or the shards of `model.safetensors.index.json`.
 *
 * @throws NeriumError `MODEL_PICKLE_ONLY`, `MODEL_WEIGHTS_MISSING`, `MODEL_INDEX_INVALID`, `MODEL_SHARD_MISSING`,
 *   `MODEL_SAFETENSORS_INVALID`, `FILES_…`
 */
export async function openWeights(folder: string): Promise<Weights> {
  const entries = (await attempt(folder, "read", () => readdir(folder))).sort();
  if (entries.includes(SINGLE)) return openSafetensors(join(folder, SINGLE));
  if (entries.includes(INDEX)) return openShards(folder, entries);
  const bin = entries.find((name) => /^pytorch_model.*\.bin$/.test(name));
  throw bin === undefined ? weightsMissing(folder, entries) : pickleOnly(folder, bin);
}
