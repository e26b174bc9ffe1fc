import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isNeriumError } from "../../../src/errors.js";
import { elementCount, openSafetensors } from "../../../src/safetensors/index.js";
import { threeTensors } from "../../safetensors/build.js";
import { mutateBytes } from "../mutate/bytes.js";
import { type Json, jsonOf, jsonText, mutateJson } from "../mutate/json.js";
import type { Random } from "../mutate/random.js";
import { type Reader, requireThat } from "../reader.js";
import { fillFolder } from "./folder.js";

const NAME = "model.safetensors";
const LARGEST_TENSOR = 2 ** 20;

const golden = (name: string) => readFileSync(join(import.meta.dirname, "../../safetensors/goldens", name));

/** An encoder's tensors, as small as they get. */
function encoder(): Buffer {
  const names = ["query", "key", "value", "output.dense"].flatMap((part) => [
    `bert.encoder.layer.0.attention.${part}.weight`,
    `bert.encoder.layer.0.attention.${part}.bias`,
  ]);
  let end = 0;
  const entries = names.map((name) => {
    const shape = name.endsWith("bias") ? [2] : [2, 2];
    const begin = end;
    end += shape.reduce((count, size) => count * size, 4);
    return [name, { dtype: "F32", shape, data_offsets: [begin, end] }];
  });
  const header = Buffer.from(
    JSON.stringify(Object.fromEntries([["__metadata__", { format: "pt" }], ...entries])),
  );
  return withHeader(header, Buffer.alloc(end, 1));
}

function withHeader(header: Uint8Array, data: Uint8Array, length = BigInt(header.length)): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt.asUintN(64, length));
  return Buffer.concat([prefix, header, data]);
}

const SEEDS = [
  threeTensors(),
  encoder(),
  withHeader(Buffer.from("{}"), Buffer.alloc(0)),
  ...["types.safetensors", "written.safetensors", "written-bare.safetensors"].map(golden),
].map((bytes) => {
  const buffer = Buffer.from(bytes);
  const end = 8 + Number(buffer.readBigUInt64LE(0));
  const header = jsonOf(JSON.parse(buffer.subarray(8, end).toString()));
  return { bytes: buffer, header, data: buffer.subarray(end) };
});
const ALL = SEEDS.map(({ bytes }) => bytes);

/** The length of a header as it is, or as a liar would have it. */
function lengthFor(header: Uint8Array, random: Random): bigint {
  const length = BigInt(header.length);
  if (random.chance(0.85)) return length;
  return random.of([
    length - 1n,
    length + 1n,
    0n,
    -1n,
    100_000_000n,
    100_000_001n,
    2n ** 63n,
    2n ** 32n + length,
  ]);
}

function mutatedHeader({ header, data }: (typeof SEEDS)[number], random: Random): Buffer {
  let json: Json = header;
  for (let edits = 1 + random.below(3); edits > 0; edits--)
    json = mutateJson(json, random.of(SEEDS).header, random);
  let text: Buffer = Buffer.from(jsonText(json));
  if (random.chance(0.1)) text = mutateBytes(text, ALL, random);
  const end = random.chance(0.9) ? data.length : random.below(2 * data.length + 2);
  return withHeader(text, Buffer.concat([data, data]).subarray(0, end), lengthFor(text, random));
}

/** `openSafetensors`, and every tensor that it names. */
export const safetensors: Reader = {
  name: "safetensors",
  weight: 10,

  make(random) {
    const seed = random.of(SEEDS);
    return {
      [NAME]: random.chance(0.4) ? mutateBytes(seed.bytes, ALL, random) : mutatedHeader(seed, random),
    };
  },

  async read(files, folder) {
    fillFolder(folder, files);
    const size = files[NAME]!.length;
    const weights = await openSafetensors(join(folder, NAME));
    try {
      let total = 0;
      for (const [name, { shape, byteLength, byteOffset }] of weights.tensors) {
        const count = elementCount(shape);
        total += byteLength;
        requireThat(byteOffset >= 8 && byteOffset + byteLength <= size, `${name} lies outside of the file`);
        requireThat(count <= LARGEST_TENSOR, `${name} has ${count} elements`);
        await weights.readInto(name, new Float32Array(count)).catch((error: unknown) => {
          if (!isNeriumError(error) || error.code !== "MODEL_DTYPE_UNSUPPORTED") throw error;
        });
      }
      requireThat(total <= size, "the tensors are larger than the file");
    } finally {
      await weights.close();
    }
  },
};
