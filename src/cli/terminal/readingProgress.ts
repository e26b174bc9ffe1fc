import type { Io, Output } from "../io.js";
import { counted, duration } from "./figures.js";
import { Screen } from "./screen.js";

/** Seconds before an estimate of the remaining time is good enough to show. */
const SETTLED = 2;

/**
 * The status line of a command that reads texts: the number of texts and, if their size is known, percentage
 * and time left.
 */
export class ReadingProgress {
  private readonly screen: Screen | undefined;
  private readonly started: number;
  private texts = 0;
  private bytes = 0;

  /**
   * @param output undefined for no progress
   * @param total bytes of all texts, with a line feed after each; undefined if unknown
   */
  constructor(
    output: Output | undefined,
    env: Io["env"],
    private readonly total: number | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.screen = output && new Screen(output, env, now);
    this.started = now();
  }

  /** Counts a text whose entities have been written. */
  done(text: string): void {
    if (this.screen === undefined) return;
    this.texts++;
    this.bytes += Buffer.byteLength(text) + 1;
    this.screen.status(() => this.line());
  }

  /** Removes the status line. */
  end(): void {
    this.screen?.clear();
  }

  private line(): string {
    const seconds = (this.now() - this.started) / 1000;
    const texts = counted(this.texts, "text");
    if (!this.total) return `predicting  ${texts}  ${duration(Math.round(seconds))}`;
    const share = Math.min(1, this.bytes / this.total);
    const left = seconds < SETTLED ? "" : `  ${duration(Math.round((seconds / share) * (1 - share)))} left`;
    return `predicting  ${Math.floor(share * 100)}%  ${texts}${left}`;
  }
}
