/** Milliseconds between two looks at the memory of the process. */
const EVERY = 20;

/** The most resident memory that this process has while something runs, in bytes. */
export class PeakMemory {
  private readonly before = process.resourceUsage().maxRSS * 1024;
  private seen = 0;
  private readonly timer = setInterval(() => this.now(), EVERY).unref();

  /** Returns the present resident memory. */
  now(): number {
    const resident = process.memoryUsage.rss();
    this.seen = Math.max(this.seen, resident);
    return resident;
  }

  /** The peak so far. The system's own record counts if it has grown since the beginning. */
  get value(): number {
    this.now();
    const record = process.resourceUsage().maxRSS * 1024;
    return record > this.before ? Math.max(record, this.seen) : this.seen;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
