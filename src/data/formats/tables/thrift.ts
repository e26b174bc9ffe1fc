/** A number has 64 bits at most, and each byte holds seven of them. */
const LONGEST_NUMBER = 10;
const DEEPEST = 32;

/**
 * Walks through a struct in Thrift's compact protocol, which Parquet uses for its metadata, and checks that
 * no number is longer than 64 bits need. The library that reads the struct afterwards would spend minutes on
 * a number of a hundred kilobytes.
 *
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * @param at where the struct begins
 * @throws Error with a message that says what is wrong
 */
export function checkStruct(bytes: Uint8Array, at: number): void {
  new Walk(bytes, at).struct(0);
}

/** @returns the position after the number */
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
    if (depth > DEEPEST) throw new Error("the metadata is nested too deeply");
    for (let head = this.byte(); (head & 15) !== 0; head = this.byte()) {
      if (head >> 4 === 0) this.number();
      this.value(head & 15, depth);
    }
  }

  private value(type: number, depth: number): void {
    switch (type) {
      case 1: // The type itself says whether it is true or false.
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
        throw new Error(`the metadata has a field of the unknown type ${type}`);
    }
  }

  private list(depth: number): void {
    const head = this.byte();
    const count = head >> 4 === 15 ? this.number() : head >> 4;
    const type = head & 15;
    // Each element takes at least one byte.
    if (count > this.bytes.length - this.at)
      throw new Error(`a list of ${count} entries does not fit into the file`);
    for (let index = 0; index < count; index++) this.value(type <= 2 ? 3 : type, depth + 1);
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error("the metadata is cut off");
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
