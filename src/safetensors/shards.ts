import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { attempt, readWholeFile } from "../files/index.js";
import { Owned } from "../owned.js";
import { invalidIndex, quoted, shardMissing, tensorMissing } from "./errors.js";
import type { TensorInfo } from "./header.js";
import type { TensorReadOptions, Weights } from "./read.js";
import { StrictJson, utf8 } from "./strictJson.js";

const LARGEST_INDEX = 100_000_000;
const MOST_SHARDS = 1_000;

/** How the weight files of a format are named and opened. */
export interface ShardFormat {
  /** The ending of their names, such as `.safetensors`. */
  readonly ending: string;
  open(file: string): Promise<Weights>;
}

/** Returns true for a file name that stays inside the folder on every platform. */
const isPlainName = (name: string, ending: string) =>
  /^[^./\\:\0][^/\\:\0]*$/.test(name) && name.endsWith(ending);

/**
 * Reads the `weight_map` of an index: tensor name → shard. Ignores `total_size`, because nothing depends on
 * it.
 */
async function readWeightMap(file: string, ending: string): Promise<Map<string, string>> {
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
    map = shardNames(json, ending, fail);
  });
  if (isObject) json.end();
  return map === undefined || map.size === 0 ? fail("it has no weight_map") : map;
}

/** Reads the value of `weight_map`. Throws if it is not an object. */
function shardNames(json: StrictJson, ending: string, fail: (rule: string) => never): Map<string, string> {
  const map = new Map<string, string>();
  const isObject = json.object((name) => {
    if (map.has(name)) json.twice(name);
    const shard = json.string() ?? fail("an entry of weight_map is not a file name");
    if (!isPlainName(shard, ending))
      fail(`${quoted(shard)} is not the name of a ${ending} file in the same folder`);
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
    private readonly shards: readonly Weights[],
    private readonly shardOf: ReadonlyMap<string, Weights>,
  ) {
    this.files = shards.flatMap(({ files }) => files);
    this.metadata = shards[0]?.metadata ?? new Map();
    this.tensors = new Map(Array.from(shardOf, ([name, shard]) => [name, shard.tensors.get(name)!]));
  }

  fileOf(name: string): string {
    return this.shard(name).fileOf(name);
  }

  async readInto(name: string, destination: Float32Array, options?: TensorReadOptions): Promise<void> {
    return this.shard(name).readInto(name, destination, options);
  }

  private shard(name: string): Weights {
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
  shards: ReadonlyMap<string, Weights>,
): ShardedWeights {
  const shardOf = new Map<string, Weights>();
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

/**
 * Opens the shards that an index lists.
 *
 * @param entries the names of the files in the folder of the index
 * @throws NeriumError `MODEL_INDEX_INVALID`, `MODEL_SHARD_MISSING`, `FILES_…`, and the errors of `open`
 */
export async function openShards(
  index: string,
  entries: readonly string[],
  { ending, open }: ShardFormat,
): Promise<Weights> {
  const weightMap = await readWeightMap(index, ending);
  const names = [...new Set(weightMap.values())].sort();
  if (names.length > MOST_SHARDS)
    throw invalidIndex(index, `it lists ${names.length} shards, but at most ${MOST_SHARDS} are allowed`);
  for (const name of names) if (!entries.includes(name)) throw shardMissing(index, name);
  return Owned.making(async (owned) => {
    const shards = new Map<string, Weights>();
    for (const name of names) shards.set(name, owned.own(await open(join(dirname(index), name)), "close"));
    return joinShards(index, weightMap, shards);
  });
}
