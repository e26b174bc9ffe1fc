/** When reading ahead pauses. */
export interface ReadAheadOptions<T> {
  /** Returns true if enough has been read: reading then waits until the items are taken. */
  readonly enough: (items: readonly T[]) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields the items of a source in groups. Each group holds what arrived while the last group was processed,
 * at least one item.
 *
 * So a slow source is answered item by item, a fast one in full batches, and a slow consumer slows down the
 * source. If the source fails, the items before the failure are yielded first, then its error is thrown. If
 * the consumer leaves, the source is closed.
 */
export async function* readAhead<T>(
  source: AsyncIterable<T> | Iterable<T>,
  { enough, signal }: ReadAheadOptions<T>,
): AsyncGenerator<T[], void, undefined> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let items: T[] = [];
  let end: { readonly error?: unknown; readonly failed: boolean } | undefined;
  let stopped = false;
  let asking = false;
  const filled = new Bell();
  const taken = new Bell();

  async function read(): Promise<void> {
    try {
      while (!stopped) {
        asking = true;
        const next = await iterator.next();
        asking = false;
        if (next.done) break;
        items.push(next.value);
        filled.ring();
        while (enough(items) && !stopped) await taken.rung();
      }
      end = { failed: false };
    } catch (error) {
      end = { error, failed: true };
    }
    filled.ring();
  }

  const wake = () => filled.ring();
  signal?.addEventListener("abort", wake);
  void read();
  try {
    for (;;) {
      while (items.length === 0 && end === undefined && !signal?.aborted) await filled.rung();
      signal?.throwIfAborted();
      if (items.length === 0) break;
      const group = items;
      items = [];
      taken.ring();
      yield group;
    }
    if (end?.failed) throw end.error;
  } finally {
    signal?.removeEventListener("abort", wake);
    stopped = true;
    taken.ring();
    if (end === undefined) {
      const closed = Promise.resolve(iterator.return?.()).catch(() => {});
      // A source that is waiting for its next item may not answer before it has one, so do not wait for it.
      if (!asking) await closed;
    }
  }
}

/** Wakes whoever waits for it. If no one is waiting, the ring is kept for the next one who waits. */
class Bell {
  private waiting: (() => void) | undefined;
  private kept = false;

  ring(): void {
    if (this.waiting === undefined) this.kept = true;
    else this.waiting();
    this.waiting = undefined;
  }

  async rung(): Promise<void> {
    if (!this.kept) await new Promise<void>((resolve) => (this.waiting = resolve));
    this.kept = false;
  }
}
