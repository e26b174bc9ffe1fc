import { setImmediate } from "node:timers/promises";

/** Milliseconds of work between two pauses. */
const SLICE = 3;

/**
 * Divides long work in JavaScript, so that the process answers others in between: a long text takes tens of milliseconds to be split
 * into words alone.
 *
 * @example
 * for (const part of parts) {
 *   work(part);
 *   if (pace.isDue) await pace.pause();
 * }
 */
export class Pace {
  #since = performance.now();

  get isDue(): boolean {
    return performance.now() - this.#since > SLICE;
  }

  /** Lets everything else run that waits. */
  async pause(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }

  /** Pauses if it is time. Call it after waiting for something, too: the time of others does not count. */
  async step(): Promise<void> {
    if (this.isDue) await this.pause();
  }
}
