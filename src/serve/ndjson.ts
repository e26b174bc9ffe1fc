import type { Readable } from "node:stream";
import { GrowingBuffer } from "./body.js";
import { clientGone, clientSlow } from "./errors.js";

const [NEWLINE, RETURN] = [0x0a, 0x0d];

export interface LineLimits {
  readonly maxLineBytes: number;
  /** Seconds between two lines. Time in which no line is asked for does not count. */
  readonly idleTimeout: number;
  readonly signal: AbortSignal;
}

/**
 * Yields the lines of a stream, without their ends; `undefined` for a line with too many bytes, of which none are kept. An end that
 * lacks its line break is a line too.
 *
 * @throws NeriumError SERVE_CLIENT_SLOW, SERVE_CLIENT_GONE; the signal's reason
 */
export async function* linesOf(
  stream: Readable,
  { maxLineBytes, idleTimeout, signal }: LineLimits,
): AsyncGenerator<Buffer | undefined, void, undefined> {
  // The answer uses the same connection, so it must stay open.
  const pieces: AsyncIterator<Buffer> = stream.iterator({ destroyOnReturn: false });
  const line = new GrowingBuffer(maxLineBytes);
  let isTooLong = false;
  let waited = 0;
  for (;;) {
    const start = performance.now();
    const { value: piece, done } = await nextPiece(pieces, {
      seconds: idleTimeout - waited,
      idleTimeout,
      signal,
    });
    waited += (performance.now() - start) / 1000;
    if (done) break;
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      isTooLong ||= !line.add(piece.subarray(from, end));
      from = end + 1;
      const bytes = line.taken();
      yield isTooLong ? undefined : withoutReturn(bytes);
      isTooLong = false;
      waited = 0;
    }
    isTooLong ||= !line.add(piece.subarray(from));
    if (isTooLong) line.taken();
  }
  if (isTooLong) yield undefined;
  else if (line.length > 0) yield withoutReturn(line.taken());
}

const withoutReturn = (line: Buffer): Buffer => (line.at(-1) === RETURN ? line.subarray(0, -1) : line);

function nextPiece(
  pieces: AsyncIterator<Buffer>,
  { seconds, idleTimeout, signal }: { seconds: number; idleTimeout: number; signal: AbortSignal },
): Promise<IteratorResult<Buffer>> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = () => end(() => reject(signal.reason));
    const timer = setTimeout(
      () => end(() => reject(clientSlow("The next line", idleTimeout))),
      1000 * Math.max(0, seconds),
    );
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    pieces.next().then(
      (next) => end(() => resolve(next)),
      () => end(() => reject(clientGone())),
    );
  });
}
