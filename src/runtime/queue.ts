/**
 * The maximum number of concurrent native calls. They run on the threads that Node also needs for files and host names (four
 * by default), so the others wait, in order of arrival.
 */
const limit = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Starts a native call when it is its turn, and returns the result that it passes to its callback. */
export async function inTurn<T>(start: (done: (error: unknown, result: T) => void) => void): Promise<T> {
  if (running < limit) running++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await new Promise<T>((resolve, reject) => {
      start((error, result) => (error ? reject(error) : resolve(result)));
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}
