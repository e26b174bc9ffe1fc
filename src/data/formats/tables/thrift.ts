/** Seven bits stand in each byte of a number, and it has 64 at most. */
const LONGEST_NUMBER = 10;
const DEEPEST = 32;

/**
 * Walks through a struct in Thrift's compact protocol, as Parquet describes itself, and makes sure that its numbers are no
 * longer than numbers are: the library that reads them afterwards would take minutes for one of a hundred kilobytes.
 *
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * @param at where the struct begins
 * @throws Error that says what is wrong
 */
export function checkStruct(bytes: Uint8Array, at: number): void {
  new Walk(bytes, at).struct(0);
}

/** @returns the place behind a number */
export function endOfNumber(bytes: Uint8Array, at: number): number {
  for (let end = at; end < at + LONGEST_NUMBER && end < bytes.length; end++)
    if (bytes[end]! < 0x80) return end + 1;
  throw new Error(`the number at byte ${at} does not end`);
}

class Walk {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  struct(depth: number): void {
    if (depth > DEEPEST) throw new Error("its description is nested too deep");
    for (let head = this.byte(); (head & 15) !== 0; head = this.byte()) {
      if (head >> 4 === 0) this.number();
      this.value(head & 15, depth);
    }
  }

  private value(type: number, depth: number): void {
    switch (type) {
      case 1: // True and false stand in the type.
      case 2:
        return;
      case 3:
        this.at++;
        return;
      case 4:
      case 5:
      case 6:
        this.number();
        return;
      case 7:
        this.at += 8;
        return;
      case 8: {
        const length = this.number();
        this.at += length;
        return;
      }
      case 9:
        this.list(depth);
        return;
      case 12:
        this.struct(depth + 1);
        return;
      default:
        throw new Error(`its description has a field of the type ${type}`);
    }
  }

  private list(depth: number): void {
    const head = this.byte();
    const count = head >> 4 === 15 ? this.number() : head >> 4;
    const type = head & 15;
    // Each takes a byte at least.
    if (count > this.bytes.length - this.at)
      throw new Error(`a list of ${count} where there is no room for them`);
    for (let index = 0; index < count; index++) this.value(type <= 2 ? 3 : type, depth + 1);
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error("its description is cut off");
    return byte;
  }

  private number(): number {
    const end = endOfNumber(this.bytes, this.at);
    let value = 0;
    for (let place = end - 1; place >= this.at; place--) value = value * 128 + (this.bytes[place]! & 0x7f);
    this.at = end;
    return value;
  }
}
