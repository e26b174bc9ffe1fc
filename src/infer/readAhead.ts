/** When a reader that is ahead waits. */
export interface ReadAheadOptions<T> {
  /** True once so much has been read that no more should be before it is taken. */
  readonly enough: (items: readonly T[]) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives the items of a source in groups: whatever has come in while the last group was worked on, at least one.
 *
 * So a slow source gets its answers one by one, a fast one in full batches, and a slow consumer holds the source up.
 * Where the source fails, the items before come first and its error after them; a consumer that leaves closes the source.
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
      // A source that is being asked for its next item may not answer before it has one: nobody waits for that.
      if (!asking) await closed;
    }
  }
}

/** Wakes whoever waits for it; a ring that nobody waits for is kept for the next who does. */
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
