import { join } from "node:path";
import { isNeriumError } from "../../../src/errors.js";
import { openTorchFile } from "../../../src/pickle/index.js";
import { elementCount } from "../../../src/safetensors/index.js";
import { pickle, stateDict, torchFile, views } from "../../pickle/build.js";
import { mutateBytes } from "../mutate/bytes.js";
import type { Random } from "../mutate/random.js";
import { type Reader, requireThat } from "../reader.js";
import { fillFolder } from "./folder.js";

const NAME = "pytorch_model.bin";

const FILES = [views(), views({ zip64: true }), stateDict()];

/** Pickles alone, for mutations that leave the archive intact. */
const PICKLES = FILES.map((bytes) => {
  const start = bytes.indexOf(Buffer.from("\x80\x02", "latin1"));
  return bytes.subarray(start, bytes.indexOf("PK\x03\x04", start));
});
const STORAGES = Object.fromEntries(
  [0, 1, 2, 3, 4].map((key) => [key, Buffer.alloc([96, 4, 4, 8, 16][key]!, 1)]),
);

const SIZES = [0, 1, 2, 3, 4, 6, 24, 25, 2 ** 31, 2 ** 32, 2 ** 53 - 1];

/** A pickle that is well formed, with two other views of the storage. */
const otherViews = (random: Random): Buffer =>
  pickle.whole(2, pickle.dict({ a: otherView(random), b: otherView(random) }));

function otherView(random: Random): Buffer {
  const dimensions = random.below(4);
  const sizes = () => Array.from({ length: dimensions }, () => random.of(SIZES));
  const type = random.of(["FloatStorage", "HalfStorage", "DoubleStorage", "ByteStorage"]);
  const count = random.chance(0.8) ? 96 / { F: 4, H: 2, D: 8, B: 1 }[type[0] as "F"] : random.of(SIZES);
  const storage = pickle.storage(type, "0", count);
  return pickle.tensor(storage, random.below(4), sizes(), sizes());
}

/** `openTorchFile`, and every tensor that it names. */
export const torch: Reader = {
  name: "torchFile",
  weight: 2,

  make(random) {
    const kind = random.below(10);
    if (kind < 5) return { [NAME]: mutateBytes(random.of(FILES), FILES, random) };
    const pickled = kind < 8 ? mutateBytes(random.of(PICKLES), PICKLES, random) : otherViews(random);
    return { [NAME]: torchFile(pickled, STORAGES, { zip64: random.chance(0.2) }) };
  },

  async read(files, folder) {
    fillFolder(folder, files);
    const size = files[NAME]!.length;
    const directory = Buffer.from(files[NAME]!).lastIndexOf("PK\x05\x06");
    const weights = await openTorchFile(join(folder, NAME));
    try {
      for (const [name, { shape, strides, byteLength, byteOffset }] of weights.tensors) {
        const count = elementCount(shape);
        const last = strides === undefined ? byteOffset + byteLength : byteOffset;
        requireThat(byteOffset >= 0 && last <= size, `${name} lies outside of the file`);
        requireThat(byteLength <= size, `${name} is larger than the file`);
        requireThat(last <= directory, `${name} lies in the directory of the archive`);
        const values = new Float32Array(count);
        const read = (from: number, into: Float32Array) =>
          weights.readInto(name, into, { from }).catch((error: unknown) => {
            if (!isNeriumError(error) || error.code !== "MODEL_DTYPE_UNSUPPORTED") throw error;
          });
        await read(0, values);
        const half = Math.floor(count / 2);
        const rest = new Float32Array(count - half);
        await read(half, rest);
        const agree = Buffer.from(rest.buffer).equals(Buffer.from(values.buffer, half * 4));
        requireThat(agree, `parts of ${name} differ from the whole`);
      }
    } finally {
      await weights.close();
    }
  },
};
