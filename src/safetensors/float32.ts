import type { StoredType } from "./header.js";

/** Stored types that can be read as float32, and the bytes of one element. */
export const ELEMENT_BYTES: Partial<Record<StoredType, number>> = { F32: 4, F16: 2, BF16: 2, F64: 8 };

let halfTable: Uint32Array | undefined;

/**
 * The float32 bits of all 65,536 half-precision numbers (IEEE 754 binary16), including subnormals, infinities
 * and NaN.
 */
function float32BitsOfHalves(): Uint32Array {
  if (halfTable) return halfTable;
  const table = new Uint32Array(65_536);
  const float = new Float32Array(1);
  const floatBits = new Uint32Array(float.buffer);
  for (let half = 0; half < 65_536; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) table[half] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) table[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else {
      float[0] = fraction * 2 ** -24;
      table[half] = sign | floatBits[0]!;
    }
  }
  halfTable = table;
  return table;
}

/**
 * Converts `destination.length` stored F64, F16 or BF16 elements to float32. F16 and BF16 are converted bit
 * by bit, so that the payload of a NaN survives. F64 is rounded to nearest.
 */
export function toFloat32(dtype: StoredType, source: ArrayBuffer, destination: Float32Array): void {
  const count = destination.length;
  if (dtype === "F64") {
    destination.set(new Float64Array(source, 0, count));
    return;
  }
  const bits = new Uint32Array(destination.buffer, destination.byteOffset, count);
  const halves = new Uint16Array(source, 0, count);
  if (dtype === "BF16") for (let i = 0; i < count; i++) bits[i] = halves[i]! << 16;
  else {
    const table = float32BitsOfHalves();
    for (let i = 0; i < count; i++) bits[i] = table[halves[i]!]!;
  }
}
