/** Milliseconds between two progress reports. */
const TOLD_EVERY = 200;

/**
 * Runs some work and yields its reports meanwhile. Returns the result of the work.
 *
 * @param work gets the function to report with
 * @param kind returns the kind of a report; a newer report replaces an older one of its kind
 * @param isProgress if true, the last reports are dropped once the work is done
 */
export async function* withProgress<Told, T>(
  work: (tell: (word: Told) => void) => Promise<T>,
  kind: (word: Told) => unknown,
  isProgress = false,
): AsyncGenerator<Told, T> {
  let told = new Map<unknown, Told>();
  const running = work((word) => told.set(kind(word), word));
  const ended = running.then(
    () => true,
    () => true,
  );
  try {
    for (let done = false; !done; ) {
      done = await Promise.race([ended, new Promise<false>((wake) => setTimeout(wake, TOLD_EVERY, false))]);
      const newest = told;
      told = new Map();
      if (!(done && isProgress)) yield* newest.values();
    }
  } finally {
    // A consumer that leaves early must not leave unfinished work behind.
    await ended;
  }
  return running;
}
