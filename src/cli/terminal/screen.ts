import { type Output, widthOf } from "../io.js";

const ERASE_LINE = "\r\u001b[2K";
/** Milliseconds between two paintings of the status line: steps of small models come faster than eyes read. */
const REPAINT = 80;

/**
 * Lines that stay, and below them, on a terminal, one status line that is rewritten in place.
 *
 * One line needs no library: it is never wider than the terminal, so a carriage return and an erasure are enough.
 */
export class Screen {
  private painted = "";
  private paintedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly output: Output,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** True where there is a status line. */
  get isTerminal(): boolean {
    return this.output.isTTY === true;
  }

  get width(): number {
    return widthOf(this.output);
  }

  /** Prints lines above the status line. */
  print(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${line}\n`).join("");
    this.output.write(this.painted === "" ? text : `${ERASE_LINE}${text}${this.painted}`);
  }

  /** Shows a status, given the cells there are for it; an empty one takes the line away. No-op in a log. */
  status(text: (width: number) => string): void {
    if (!this.isTerminal || this.now() - this.paintedAt < REPAINT) return;
    this.paintedAt = this.now();
    // A terminal wraps after its last cell is written; one cell stays free.
    this.painted = text(this.width - 1);
    this.output.write(`${ERASE_LINE}${this.painted}`);
  }

  /** Takes the status line away. */
  clear(): void {
    if (this.painted !== "") this.output.write(ERASE_LINE);
    this.painted = "";
    this.paintedAt = Number.NEGATIVE_INFINITY;
  }
}
