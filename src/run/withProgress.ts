/** Milliseconds between two words about the progress. */
const TOLD_EVERY = 200;

/**
 * Runs some work and yields what it tells meanwhile; gives its result.
 *
 * @param work gets what it tells with
 * @param kind words of one kind overtake each other
 * @param isProgress once the work is done, what it told last is of no use
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
    // Who leaves early does not leave work behind that is still under way.
    await ended;
  }
  return running;
}
