import { invalidSafetensors, quoted } from "./errors.js";
import { type Json, parseStrictJson } from "./strictJson.js";

/** Bits of one element. https://github.com/huggingface/safetensors, `Dtype` of tensor.rs. */
const BITS = {
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

export type Dtype = keyof typeof BITS;

export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Where the data begins, in bytes from the beginning of the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface Header {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** `__metadata__`; empty where the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Bytes before the header: its length, unsigned, little-endian. */
export const LENGTH_BYTES = 8;
/** The format's own limit. */
const LONGEST_HEADER = 100_000_000;
const MOST_TENSORS = 100_000;

/** Elements of a shape; NaN beyond 2^53, where no file can follow. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) return Number.NaN;
  }
  return count;
}

/** Length of the header in bytes, from the file's first 8 bytes. */
export function headerLength(prefix: Uint8Array, fileSize: number, file: string): number {
  if (prefix.length < LENGTH_BYTES || fileSize < LENGTH_BYTES)
    throw invalidSafetensors(file, `it has ${fileSize} bytes, too few for the length of its header`);
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER))
    throw invalidSafetensors(file, `its header claims ${length} bytes, and ${LONGEST_HEADER} are allowed`);
  if (Number(length) > fileSize - LENGTH_BYTES)
    throw invalidSafetensors(file, `its header claims ${length} bytes, and the file has ${fileSize}`);
  return Number(length);
}

const isCount = (value: Json | undefined): value is number => typeof value === "number";

/** One entry of the header. Unknown keys are left alone, as the reference library does. */
function tensorInfo(name: string, entry: Json, dataStart: number, fail: (rule: string) => never): TensorInfo {
  const label = quoted(name);
  if (name.includes("\0")) fail(`the name ${label} holds a NUL`);
  if (!(entry instanceof Map)) return fail(`the entry of ${label} is no object`);
  const dtype = entry.get("dtype");
  const shape = entry.get("shape");
  const offsets = entry.get("data_offsets");
  if (typeof dtype !== "string" || !Object.hasOwn(BITS, dtype)) return fail(`${label} has no known dtype`);
  if (!Array.isArray(shape) || !shape.every(isCount))
    return fail(`the shape of ${label} is no list of counts`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return fail(`the data_offsets of ${label} are no two counts`);
  const [begin, end] = offsets as [number, number];
  if (end < begin) fail(`the data of ${label} ends before it begins`);
  const bits = elementCount(shape) * BITS[dtype as Dtype];
  // NaN and sizes beyond 2^53 fail here too.
  if (bits !== (end - begin) * 8)
    fail(
      `${label} has ${end - begin} bytes of data, which is not what its shape [${shape.slice(0, 8)}] of ${dtype} takes`,
    );
  return { name, dtype: dtype as Dtype, shape, byteOffset: dataStart + begin, byteLength: end - begin };
}

function metadataOf(value: Json | undefined, fail: (rule: string) => never): Map<string, string> {
  if (value === undefined) return new Map();
  if (!(value instanceof Map)) return fail("its __metadata__ is no object");
  for (const [key, text] of value)
    if (typeof text !== "string") fail(`__metadata__ ${quoted(key)} is no string`);
  return value as Map<string, string>;
}

/**
 * Reads and checks a header, to every rule of https://github.com/huggingface/safetensors#format: the data of the tensors
 * fills the rest of the file exactly, without holes, overlaps or trailing bytes.
 *
 * @param bytes the header alone, without the 8 bytes of its length
 * @throws NeriumError `MODEL_SAFETENSORS_INVALID`
 */
export function parseHeader(bytes: Uint8Array, fileSize: number, file: string): Header {
  const fail = (rule: string): never => {
    throw invalidSafetensors(file, rule);
  };
  if (bytes[0] !== 0x7b) fail("its header does not begin with {");
  let header: Json;
  try {
    header = parseStrictJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    return fail(error instanceof SyntaxError ? `its header has ${error.message}` : "its header is no UTF-8");
  }
  if (!(header instanceof Map)) return fail("its header is no object");
  const metadata = metadataOf(header.get("__metadata__"), fail);
  header.delete("__metadata__");
  if (header.size > MOST_TENSORS) fail(`it claims ${header.size} tensors, and ${MOST_TENSORS} are allowed`);
  const dataStart = LENGTH_BYTES + bytes.length;
  const list = Array.from(header, ([name, entry]) => tensorInfo(name, entry, dataStart, fail));
  list.sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const { name, byteOffset, byteLength } of list) {
    if (byteOffset !== end) fail(`the data of ${quoted(name)} leaves a hole or overlaps another tensor`);
    end += byteLength;
  }
  if (end !== fileSize) fail(`its tensors end at byte ${end}, and the file has ${fileSize}`);
  return { tensors: new Map(list.map((info) => [info.name, info])), metadata };
}
