/** Matrices as 8-bit integers: w ≈ scale · round(w / scale), with scale = max |w| / the largest integer used. */
type Quantized<T> = readonly [quantized: T, scales: Float32Array];

/**
 * Quantises a matrix with one scale per row: `[rows, columns] → int8[rows, columns], [rows]`.
 *
 * @param bits 8 for −127…127, 7 for −63…63
 */
export function quantizeRows(
  floats: Float32Array,
  [rows, columns]: readonly number[],
  bits: 7 | 8,
): Quantized<Int8Array> {
  const result = new Int8Array(floats.length);
  const scales = new Float32Array(rows!);
  const most = 2 ** (bits - 1) - 1;
  for (let row = 0; row < rows!; row++) {
    const [from, to] = [row * columns!, (row + 1) * columns!];
    scales[row] = scaleOf(floats, from, to, most);
    const inverse = 1 / scales[row]!;
    for (let at = from; at < to; at++) result[at] = rounded(floats[at]! * inverse);
  }
  return [result, scales];
}

/** Rows and columns transposed at once, so that both stay in the processor's cache. */
const TILE = 64;

/** Quantises a matrix with one scale per row and transposes it: `[rows, columns] → int8[columns, rows], [rows]`. */
export function quantizeColumns(
  floats: Float32Array,
  shape: readonly number[],
  bits: 7 | 8,
): Quantized<Int8Array> {
  const [rows, columns] = shape as [number, number];
  const [quantized, scales] = quantizeRows(floats, shape, bits);
  const result = new Int8Array(quantized.length);
  for (let rowTile = 0; rowTile < rows; rowTile += TILE)
    for (let columnTile = 0; columnTile < columns; columnTile += TILE)
      for (let column = columnTile; column < Math.min(columnTile + TILE, columns); column++)
        for (let row = rowTile; row < Math.min(rowTile + TILE, rows); row++)
          result[column * rows + row] = quantized[row * columns + column]!;
  return [result, scales];
}

/**
 * Quantises a matrix with one scale per block of a row: `[rows, columns] → uint8[rows, blocks, size], [rows · blocks]`.
 * Zero is stored as 128. The last block of a row is padded with zeros.
 */
export function quantizeBlocks(
  floats: Float32Array,
  [rows, columns]: readonly number[],
  size: number,
): Quantized<Uint8Array> {
  const blocks = Math.ceil(columns! / size);
  const result = new Uint8Array(rows! * blocks * size).fill(128);
  const scales = new Float32Array(rows! * blocks);
  for (let row = 0; row < rows!; row++)
    for (let block = 0; block < blocks; block++) {
      const from = row * columns! + block * size;
      const to = Math.min(from + size, (row + 1) * columns!);
      const place = row * blocks + block;
      scales[place] = scaleOf(floats, from, to, 127);
      const inverse = 1 / scales[place]!;
      for (let at = from; at < to; at++)
        result[place * size + at - from] = 128 + rounded(floats[at]! * inverse);
    }
  return [result, scales];
}

/** Returns max |w| / most, or 1 if all values are zero, because the scale then does not matter. */
function scaleOf(floats: Float32Array, from: number, to: number, most: number): number {
  let largest = 0;
  for (let at = from; at < to; at++) largest = Math.max(largest, Math.abs(floats[at]!));
  return largest === 0 ? 1 : largest / most;
}

/**
 * Rounds to the nearest integer, ties to even. At 1.5 · 2⁵² (the constant) neighbouring float64 values differ by 1, so the
 * addition rounds.
 */
const rounded = (x: number): number => x + 6755399441055744 - 6755399441055744;
