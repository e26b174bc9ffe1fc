/**
 * Native calls wait here for a turn: at most two are on the threads that Node also needs for files and names of hosts
 * (four by default), in order of arrival.
 */
const limit = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Begins `start` when there is room; `start` must call `done` exactly once, unless it throws. */
export function inTurn(start: (done: () => void) => void): void {
  if (running >= limit) {
    waiting.push(() => inTurn(start));
    return;
  }
  running++;
  try {
    start(finished);
  } catch (error) {
    finished();
    throw error;
  }
}

function finished(): void {
  running--;
  waiting.shift()?.();
}
