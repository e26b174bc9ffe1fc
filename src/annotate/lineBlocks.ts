const NEWLINE = 0x0a;

/** Collects chunks of bytes into blocks that end with a line. Only the last block may lack its line break. */
export async function* lineBlocks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      rest.push(chunk.subarray(0, end));
      yield joined(rest);
      rest = [];
    }
    if (end < chunk.length) rest.push(chunk.subarray(end));
  }
  if (rest.length > 0) yield joined(rest);
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.length === 1 ? parts[0]! : Buffer.concat(parts);

/** Positions behind the line breaks of a block, and its end if its last line has none. */
export function* lineEnds(block: Uint8Array): Generator<number> {
  let at = 0;
  for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE, at)) {
    at = end + 1;
    yield at;
  }
  if (at < block.length) yield block.length;
}
