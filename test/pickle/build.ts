const u16 = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

type Part = string | Uint8Array;
/** Parts one after another; texts are one byte per character. */
const joined = (...parts: Part[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

/** The operations of a pickle, as torch.save writes them. */
export const pickle = {
  whole: (protocol: number, value: Part) => joined("\x80", Buffer.from([protocol]), value, "."),
  text: (value: string) => joined("X", u32(Buffer.byteLength(value)), Buffer.from(value)),
  int: (value: number) => joined("\x8a\x08", u64(value)),
  tuple: (...items: Part[]) => joined("(", ...items, "t"),
  name: (module: string, name: string) => joined("c", module, "\n", name, "\n"),
  call: (callee: Part, ...args: Part[]) => joined(callee, "(", ...args, "t", "R"),
  dict: (entries: Readonly<Record<string, Part>>) =>
    joined("}(", ...Object.entries(entries).flatMap(([key, value]) => [pickle.text(key), value]), "u"),
  counts: (values: readonly number[]) => pickle.tuple(...values.map(pickle.int)),
  storage: (type: string, key: string, count: number) =>
    joined(
      pickle.tuple(
        pickle.text("storage"),
        pickle.name("torch", type),
        pickle.text(key),
        pickle.text("cpu"),
        pickle.int(count),
      ),
      "Q",
    ),
  orderedDict: () => pickle.call(pickle.name("collections", "OrderedDict")),
  tensor: (storage: Part, offset: number, shape: readonly number[], strides: readonly number[]) =>
    pickle.call(
      pickle.name("torch._utils", "_rebuild_tensor_v2"),
      storage,
      pickle.int(offset),
      pickle.counts(shape),
      pickle.counts(strides),
      "\x89",
      pickle.orderedDict(),
    ),
};

export interface ZipOptions {
  /** Write every size and place as 64 bits. */
  readonly zip64?: boolean;
  /** The compression method of each entry. */
  readonly method?: number;
}

/** A zip archive of stored entries, whose data begin at multiples of 64 bytes. */
export function zipOf(
  entries: readonly (readonly [string, Uint8Array])[],
  { zip64 = false, method = 0 }: ZipOptions = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, data] of entries) {
    const named = Buffer.from(name);
    const padding = (64 - ((at + 34 + named.length) % 64)) % 64;
    const facts = joined(u16(0x808), u16(method), Buffer.alloc(8));
    const local = joined(
      u32(0x04034b50),
      u16(0),
      facts,
      Buffer.alloc(8),
      u16(named.length),
      u16(padding + 4),
    );
    parts.push(joined(local, named, "FB", u16(padding), Buffer.alloc(padding), data));
    const wide = zip64
      ? joined(u16(1), u16(24), u64(data.length), u64(data.length), u64(at))
      : Buffer.alloc(0);
    const size = u32(zip64 ? 0xffffffff : data.length);
    const lengths = joined(u16(named.length), u16(wide.length), Buffer.alloc(10));
    const place = u32(zip64 ? 0xffffffff : at);
    directory.push(joined(u32(0x02014b50), u16(0), u16(0), facts, size, size, lengths, place, named, wide));
    at += parts.at(-1)!.length;
  }
  const list = joined(...directory);
  const [count, size, start] = [entries.length, list.length, at];
  if (!zip64)
    return joined(
      ...[...parts, list, u32(0x06054b50), u32(0), u16(count), u16(count), u32(size), u32(start), u16(0)],
    );
  const end = joined(
    u32(0x06064b50),
    u64(44),
    Buffer.alloc(12),
    u64(count),
    u64(count),
    u64(size),
    u64(start),
  );
  const locator = joined(u32(0x07064b50), u32(0), u64(start + size), u32(1));
  const last = joined(u32(0x06054b50), u32(0), Buffer.alloc(12, 0xff), u16(0));
  return joined(...parts, list, end, locator, last);
}

/** A file of torch.save: a pickle, and storages by their keys. */
export const torchFile = (
  pickled: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  options: ZipOptions & { readonly more?: readonly (readonly [string, Uint8Array])[] } = {},
): Buffer =>
  zipOf(
    [
      ["archive/data.pkl", pickled],
      ["archive/byteorder", Buffer.from("little")],
      ...Object.entries(storages).map(([key, data]) => [`archive/data/${key}`, data] as const),
      ["archive/version", Buffer.from("3\n")],
      ...(options.more ?? []),
    ],
    options,
  );

export const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** Tensors in one storage of the numbers 0 to 23: whole, transposed, a slice, and one element. */
export const views = (options: ZipOptions = {}) => {
  const storage = pickle.storage("FloatStorage", "0", 24);
  const tensors = {
    whole: pickle.tensor(storage, 0, [4, 6], [6, 1]),
    transposed: pickle.tensor(storage, 0, [6, 4], [1, 6]),
    slice: pickle.tensor(storage, 8, [2, 3], [6, 1]),
    permuted: pickle.tensor(storage, 1, [3, 2, 2], [1, 12, 8]),
    one: pickle.tensor(storage, 7, [], []),
    none: pickle.tensor(storage, 24, [0, 3], [3, 1]),
  };
  const values = floats(...Array.from({ length: 24 }, (_, value) => value));
  return torchFile(pickle.whole(2, pickle.dict(tensors)), { 0: values }, options);
};

/** A state dict as a module has it: parameters of several types in an OrderedDict with `_metadata`. */
export const stateDict = () => {
  const tensor = (type: string, key: string, shape: readonly number[]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const strides = shape.map((_, axis) =>
      shape.slice(axis + 1).reduce((product, size) => product * size, 1),
    );
    return pickle.tensor(pickle.storage(type, key, count), 0, shape, strides);
  };
  const parameter = pickle.call(
    pickle.name("torch._utils", "_rebuild_parameter"),
    tensor("FloatStorage", "0", [2, 2]),
    "\x88",
    pickle.orderedDict(),
  );
  const entries = {
    "bert.weight": parameter,
    "bert.half": tensor("HalfStorage", "1", [2]),
    "bert.brain": tensor("BFloat16Storage", "2", [2]),
    "bert.double": tensor("DoubleStorage", "3", [1]),
    "bert.position_ids": tensor("LongStorage", "4", [1, 2]),
  };
  const items = pickle.dict(entries).subarray(1);
  const state = joined(pickle.orderedDict(), items, pickle.dict({ _metadata: pickle.orderedDict() }), "b");
  return torchFile(pickle.whole(2, state), {
    0: floats(1, 2, 3, 4),
    1: new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer),
    2: new Uint8Array(Uint16Array.of(0x3f80, 0xc040).buffer),
    3: new Uint8Array(Float64Array.of(0.5).buffer),
    4: new Uint8Array(BigInt64Array.of(0n, 1n).buffer),
  });
};
