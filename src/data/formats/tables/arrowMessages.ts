/**
 * Checks the messages of an Arrow stream against the actual bytes. The library that reads them afterwards
 * does not check lengths and offsets: with a wrong one it would collect millions of entries, or go backwards
 * forever.
 *
 * Messages are FlatBuffers: a table points to its vtable, which says where each field is in the table.
 * Vectors, strings and tables are at an offset from the field. Fields are numbered like the offsets of their
 * vtable entries: 4, 6, 8 …
 *
 * https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 * https://flatbuffers.dev/internals
 */

const MAGIC = "ARROW1";
const CONTINUATION = -1;
/** Message types. */
const [SCHEMA, DICTIONARY, RECORDS] = [1, 2, 3];
/** The type number of union columns, for which the library reads one more vector. */
const UNION = 14;
/** Older versions have different record batches. Nobody has written them since 2017. */
const V4 = 3;

/** True if a stream begins with a message. */
export const beginsMessage = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes.subarray(0, 4).every((byte) => byte === 0xff);

/** Returns the stream in a file of either Arrow format. The file format is a stream between two marks. */
export const streamIn = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(bytes.subarray(0, MAGIC.length)).toString("latin1") === MAGIC ? bytes.subarray(8) : bytes;

/** @throws Error with a message that says what is wrong */
export function checkMessages(stream: Uint8Array): void {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = 0; at + 4 <= view.byteLength; ) {
    let length = view.getInt32(at, true);
    at += 4;
    if (length === CONTINUATION) {
      length = view.getInt32(at, true);
      at += 4;
    }
    if (length === 0) return;
    if (!(length > 0 && length <= view.byteLength - at)) throw new Error(`a message of ${length} bytes`);
    const body = new Message(new DataView(view.buffer, view.byteOffset + at, length)).check();
    at += length;
    if (!(body >= 0 && body <= view.byteLength - at)) throw new Error(`a message with ${body} bytes of data`);
    at += body;
  }
}

class Message {
  /** How many more tables to visit. Tables of a message that point to each other would never end. */
  private left: number;

  constructor(private readonly view: DataView) {
    this.left = view.byteLength;
  }

  /** Checks the message and returns the number of bytes of data after it. */
  check(): number {
    const message = this.table(0);
    const version = message.at(4);
    if (version === undefined || this.view.getInt16(version, true) < V4) throw new Error("an old version");
    const header = message.at(8);
    const kind = message.byte(6);
    if (header !== undefined) {
      const content = this.table(header);
      if (kind === SCHEMA) this.schema(content);
      else if (kind === RECORDS) this.records(content);
      else if (kind === DICTIONARY) this.each(content.at(6), (at) => this.records(this.table(at)));
      else throw new Error(`a message of kind ${kind}`);
    }
    const body = message.at(10);
    return body === undefined ? 0 : Number(this.view.getBigInt64(body, true));
  }

  private schema(table: Table): void {
    this.vector(table.at(6), 4, (at) => this.field(this.table(at)));
    this.metadata(table.at(8));
  }

  private field(table: Table): void {
    if (table.byte(8) === UNION) throw new Error("a column of unions");
    this.each(table.at(10), (at) => this.table(at));
    this.each(table.at(12), (at) => this.table(at));
    this.vector(table.at(14), 4, (at) => this.field(this.table(at)));
    this.metadata(table.at(16));
  }

  private metadata(at: number | undefined): void {
    this.vector(at, 4, (entry) => this.table(entry));
  }

  private records(table: Table): void {
    for (const [field, stride] of [
      [6, 16],
      [8, 16],
      [12, 8],
    ] as const)
      this.vector(table.at(field), stride, () => {});
  }

  private each(at: number | undefined, look: (at: number) => void): void {
    if (at !== undefined) look(at);
  }

  /** Visits the entries of the vector that a field points to. */
  private vector(field: number | undefined, stride: number, look: (at: number) => void): void {
    if (field === undefined) return;
    const base = field + this.view.getInt32(field, true);
    const count = this.view.getInt32(base, true);
    if (!(count >= 0 && count * stride <= this.view.byteLength - base - 4))
      throw new Error(`${count} entries do not fit into the file`);
    for (let index = 0; index < count; index++) look(base + 4 + index * stride);
  }

  /** Returns the table that the offset at this position points to. */
  private table(place: number): Table {
    if (--this.left < 0) throw new Error("its parts contain each other");
    const { view } = this;
    const start = place + view.getInt32(place, true);
    const vtable = start - view.getInt32(start, true);
    const size = view.getInt16(vtable, true);
    const at = (field: number): number | undefined => {
      const offset = field < size ? view.getInt16(vtable + field, true) : 0;
      return offset === 0 ? undefined : start + offset;
    };
    const byte = (field: number): number => {
      const found = at(field);
      return found === undefined ? 0 : view.getUint8(found);
    };
    return { at, byte };
  }
}

interface Table {
  /** Position of a field in the message. `undefined` if the table does not have the field. */
  at(field: number): number | undefined;
  /** Value of a field of one byte. 0 if the table does not have the field. */
  byte(field: number): number;
}
