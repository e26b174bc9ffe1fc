import { visible, withoutSecrets } from "../../shown.js";
import { type Io, type Output, widthOf } from "../io.js";

const ERASE_LINE = "\r\u001b[2K";
/**
 * Milliseconds between two updates of the status line: steps of small models are faster than people can read.
 */
const REPAINT = 80;

/**
 * Prints permanent lines and, on a terminal, one status line below them that is rewritten in place.
 *
 * This needs no library: the status line is never wider than the terminal, so a carriage return and an erase
 * sequence are enough.
 */
export class Screen {
  private painted = "";
  private paintedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly output: Output,
    private readonly env: Io["env"],
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** True if there is a status line. A dumb terminal cannot erase one, so it gets the lines of a log. */
  get hasStatus(): boolean {
    return this.output.isTTY === true && this.env.TERM !== "dumb";
  }

  get width(): number {
    return widthOf(this.output);
  }

  /** Prints lines above the status line. */
  print(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = withoutSecrets(lines.map((line) => `${line}\n`).join(""));
    this.output.write(this.painted === "" ? text : `${ERASE_LINE}${text}${this.painted}`);
  }

  /**
   * Shows a status, cut to the width of the terminal. `text` gets the number of cells for it. Does nothing in
   * a log.
   */
  status(text: (width: number) => string): void {
    if (!this.hasStatus || this.now() - this.paintedAt < REPAINT) return;
    this.paintedAt = this.now();
    // A terminal wraps after its last cell is written, so one cell stays free.
    const room = this.width - 1;
    this.painted = visible(text(room)).replaceAll("\n", " ").slice(0, room);
    this.output.write(`${ERASE_LINE}${this.painted}`);
  }

  /** Removes the status line. */
  clear(): void {
    if (this.painted !== "") this.output.write(ERASE_LINE);
    this.painted = "";
    this.paintedAt = Number.NEGATIVE_INFINITY;
  }
}
