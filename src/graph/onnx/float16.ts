/** The largest finite float16. Larger finite numbers are clipped to it, such as the −10⁹ of attention masks. */
const LARGEST = 65_504;

const one = new Float32Array(1);
const bitsOfOne = new Uint32Array(one.buffer);

/** Returns the float16 bits of float32 numbers, rounded to nearest, ties to even (IEEE 754). Finite numbers stay finite. */
export function float16Bits(values: Float32Array): Uint16Array {
  const result = new Uint16Array(values.length);
  for (let at = 0; at < values.length; at++) result[at] = bitsOf(values[at]!);
  return result;
}

function bitsOf(value: number): number {
  one[0] = value;
  const bits = bitsOfOne[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (magnitude >= LARGEST) return sign | 0x7bff;
  // Below 2⁻¹⁴ (subnormal), neighbouring float16 numbers differ by 2⁻²⁴.
  if (magnitude < 2 ** -14) return sign | roundedToEven(magnitude * 2 ** 24);
  const rest = bits & 0x1fff;
  const kept = ((bits & 0x7fffffff) >>> 13) - ((127 - 15) << 10);
  const up = rest > 0x1000 || (rest === 0x1000 && (kept & 1) === 1);
  return sign | (kept + Number(up));
}

function roundedToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return floor + Number(rest > 0.5 || (rest === 0.5 && floor % 2 === 1));
}
