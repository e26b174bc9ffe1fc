/** Choices that depend on a key and a value alone, as long as there are any to make. */
export class Choices {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private count = 0;

  /** @param hash returns other bytes for each number */
  constructor(private readonly hash: (count: number) => Buffer) {}

  /** A whole number from 0 to `below` - 1. `below` is small, so that the remainder is nearly uniform. */
  below(below: number): number {
    if (this.at + 4 > this.bytes.length) {
      this.bytes = this.hash(this.count++);
      this.at = 0;
    }
    const number = this.bytes.readUInt32BE(this.at);
    this.at += 4;
    return number % below;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
