import { invalidSafetensors, quoted } from "./errors.js";
import { StrictJson, utf8 } from "./strictJson.js";

/** Bits of one element. https://github.com/huggingface/safetensors, `Dtype` of tensor.rs. */
export const BITS = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
} as const;

export type StoredType = keyof typeof BITS;

export interface TensorInfo {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Byte where the data begins, from the beginning of the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
  /**
   * Elements from one to the next along each axis, if they do not lie in the file one after another. `byteOffset` is then that
   * of the first, and `byteLength` that of all elements.
   */
  readonly strides?: readonly number[];
}

export interface Header {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The content of `__metadata__`; empty if the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Bytes before the header. They hold its length, as an unsigned little-endian integer. */
export const LENGTH_BYTES = 8;
/** The format's own limit. */
const LONGEST_HEADER = 100_000_000;
// Our own limits, above those of any model. Without them a small header could exhaust the memory.
const MOST_TENSORS = 100_000;
const MOST_METADATA = 10_000;
export const MOST_DIMENSIONS = 64;

/** Returns the number of elements of a shape; NaN from 2^53 on, because no file is that large. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) return Number.NaN;
  }
  return count;
}

/** Reads the length of the header in bytes from the first 8 bytes of the file. */
export function headerLength(prefix: Uint8Array, fileSize: number, file: string): number {
  if (prefix.length < LENGTH_BYTES || fileSize < LENGTH_BYTES)
    throw invalidSafetensors(file, `it has only ${fileSize} bytes, too few for a header`);
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER))
    throw invalidSafetensors(
      file,
      `the header claims ${length} bytes, but at most ${LONGEST_HEADER} are allowed`,
    );
  if (Number(length) > fileSize - LENGTH_BYTES)
    throw invalidSafetensors(file, `the header claims ${length} bytes, but the file has only ${fileSize}`);
  return Number(length);
}

type Fail = (rule: string) => never;

/** Reads a list of at most `most` counts. */
function counts(json: StrictJson, most: number, wrong: () => never): readonly number[] {
  const list: number[] = [];
  const isList = json.array(() => {
    if (list.length === most) wrong();
    list.push(json.count() ?? wrong());
  });
  // The copy uses no more memory than it needs; a list that has grown has spare capacity.
  return isList ? list.slice() : wrong();
}

/** Reads one entry of the header. Ignores unknown keys, as the reference library does. */
function tensorInfo(name: string, json: StrictJson, dataStart: number, fail: Fail): TensorInfo {
  const label = quoted(name);
  if (name.includes("\0")) fail(`the name ${label} contains a NUL`);
  const noDtype = () => fail(`${label} has no known dtype`);
  const noShape = () => fail(`the shape of ${label} is not a list of at most ${MOST_DIMENSIONS} sizes`);
  const noOffsets = () => fail(`the data_offsets of ${label} are not two offsets`);
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  const isObject = json.object((key) => {
    if (key === "dtype") {
      if (dtype !== undefined) json.twice(key);
      dtype = json.string() ?? noDtype();
    } else if (key === "shape") {
      if (shape !== undefined) json.twice(key);
      shape = counts(json, MOST_DIMENSIONS, noShape);
    } else if (key === "data_offsets") {
      if (offsets !== undefined) json.twice(key);
      offsets = counts(json, 2, noOffsets);
    } else json.skip();
  });
  if (!isObject) fail(`the entry of ${label} is not an object`);
  if (dtype === undefined || !Object.hasOwn(BITS, dtype)) return noDtype();
  if (shape === undefined) return noShape();
  if (offsets?.length !== 2) return noOffsets();
  const [begin, end] = offsets as [number, number];
  if (end < begin) fail(`the data of ${label} ends before it begins`);
  const bits = elementCount(shape) * BITS[dtype as StoredType];
  // NaN and sizes beyond 2^53 fail here too.
  if (bits !== (end - begin) * 8)
    fail(
      `${label} has ${end - begin} bytes of data, which does not match its shape [${shape.slice(0, 8)}] of ${dtype}`,
    );
  return { name, dtype: dtype as StoredType, shape, byteOffset: dataStart + begin, byteLength: end - begin };
}

function metadataOf(json: StrictJson, fail: Fail): Map<string, string> {
  const metadata = new Map<string, string>();
  const isObject = json.object((key) => {
    if (metadata.has(key)) json.twice(key);
    if (metadata.size === MOST_METADATA) fail(`__metadata__ has more than ${MOST_METADATA} entries`);
    metadata.set(key, json.string() ?? fail(`__metadata__ ${quoted(key)} is not a string`));
  });
  if (!isObject) fail("__metadata__ is not an object");
  return metadata;
}

/** Reads all entries of a header. Does not yet check how the tensors fit together in the file. */
function entriesOf(text: string, dataStart: number, fail: Fail): Header {
  const json = new StrictJson(text, (what) => fail(`the header has ${what}`));
  const tensors = new Map<string, TensorInfo>();
  let metadata: Map<string, string> | undefined;
  const isObject = json.object((name) => {
    if (name === "__metadata__") {
      if (metadata !== undefined) json.twice(name);
      metadata = metadataOf(json, fail);
      return;
    }
    if (tensors.has(name)) json.twice(name);
    if (tensors.size === MOST_TENSORS) fail(`it has more than ${MOST_TENSORS} tensors`);
    tensors.set(name, tensorInfo(name, json, dataStart, fail));
  });
  if (!isObject) fail("the header is not an object");
  json.end();
  return { tensors, metadata: metadata ?? new Map() };
}

/**
 * Reads a header and checks every rule of https://github.com/huggingface/safetensors#format: the data of the
 * tensors fills the rest of the file exactly, without holes, overlaps or trailing bytes.
 *
 * Uses less than ten times the memory of the header, whatever it contains.
 *
 * @param bytes the header only, without the 8 bytes of its length
 * @throws NeriumError `MODEL_SAFETENSORS_INVALID`
 */
export function parseHeader(bytes: Uint8Array, fileSize: number, file: string): Header {
  const fail: Fail = (rule) => {
    throw invalidSafetensors(file, rule);
  };
  if (bytes[0] !== 0x7b) fail("the header does not start with {");
  const dataStart = LENGTH_BYTES + bytes.length;
  const { tensors, metadata } = entriesOf(
    utf8(bytes, (what) => fail(`the header is ${what}`)),
    dataStart,
    fail,
  );
  const list = [...tensors.values()];
  list.sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const { name, byteOffset, byteLength } of list) {
    if (byteOffset !== end) fail(`the data of ${quoted(name)} leaves a gap or overlaps another tensor`);
    end += byteLength;
  }
  if (end !== fileSize) fail(`the tensors end at byte ${end}, but the file has ${fileSize}`);
  return { tensors: new Map(list.map((info) => [info.name, info])), metadata };
}
