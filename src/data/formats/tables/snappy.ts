/** Most bytes that a compressed byte may decompress to: the longest copy has 64 bytes and takes 3. */
const MOST_RATIO = 22;

/**
 * Decompresses Snappy's raw format: the length of the result, followed by literal bytes and copies of earlier
 * bytes.
 *
 * https://github.com/google/snappy/blob/main/format_description.txt
 *
 * @param length bytes that the result must have
 * @throws Error if the bytes are damaged, or do not decompress to this length
 */
export function snappyUncompressed(bytes: Uint8Array, length: number): Uint8Array {
  if (length > MOST_RATIO * bytes.length) throw new Error(`${bytes.length} bytes cannot expand to ${length}`);
  const result = new Uint8Array(length);
  let at = 0;
  let done = 0;
  const number = (size: number): number => {
    if (at + size > bytes.length) throw new Error("compressed bytes are missing");
    let value = 0;
    for (let place = 0; place < size; place++) value += bytes[at++]! * 2 ** (8 * place);
    return value;
  };
  const room = (count: number): void => {
    if (count > length - done) throw new Error(`a block has more than ${length} bytes when uncompressed`);
  };
  while (number(1) >= 0x80);
  while (at < bytes.length) {
    const tag = number(1);
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const count = (short < 60 ? short : number(short - 59)) + 1;
      room(count);
      if (count > bytes.length - at) throw new Error("compressed bytes are missing");
      result.set(bytes.subarray(at, at + count), done);
      at += count;
      done += count;
      continue;
    }
    const count = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const back = kind === 1 ? ((tag >>> 5) << 8) + number(1) : number(kind === 2 ? 2 : 4);
    room(count);
    if (back === 0 || back > done) throw new Error("compressed data refers to bytes outside of the block");
    // Byte by byte, because a copy may overlap the bytes that it writes.
    for (const end = done + count; done < end; done++) result[done] = result[done - back]!;
  }
  if (done !== length) throw new Error(`a block has ${done} bytes instead of ${length} when uncompressed`);
  return result;
}
