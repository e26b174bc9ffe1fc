import type { AnnotateProgress } from "../../annotate/index.js";
import type { Io, Output } from "../io.js";
import { count, counted, duration, memory } from "./figures.js";
import { Screen } from "./screen.js";

/** Seconds before a rate is good enough to show. */
const SETTLED = 2;

/** The status line of an annotation: rows, their share, how fast, and the time left for this process alone. */
export class AnnotationProgress {
  private readonly screen: Screen | undefined;
  private begun: number | undefined;

  /** @param output undefined for no progress */
  constructor(
    output: Output | undefined,
    env: Io["env"],
    private readonly now: () => number = () => performance.now(),
  ) {
    this.screen = output && new Screen(output, env, now);
  }

  show(progress: AnnotateProgress): void {
    this.screen?.status(() => this.line(progress));
  }

  /** Removes the status line. */
  end(): void {
    this.screen?.clear();
  }

  private line({ stage, bytes, rows, before, annotated, errors }: AnnotateProgress): string {
    if (stage === "planning") return `planning  ${memory(bytes)} read`;
    this.begun ??= this.now();
    const seconds = (this.now() - this.begun) / 1000;
    const done = before + annotated;
    const share = rows === 0 ? 1 : Math.min(1, done / rows);
    const parts = [`annotating  ${Math.floor(share * 100)}%`, `${count(done)} of ${counted(rows, "row")}`];
    if (seconds >= SETTLED && annotated > 0) {
      const rate = annotated / seconds;
      parts.push(`${count(rate)} per second`, `${duration(Math.round((rows - done) / rate))} left`);
    }
    if (errors > 0) parts.push(counted(errors, "error"));
    return parts.join("  ");
  }
}
