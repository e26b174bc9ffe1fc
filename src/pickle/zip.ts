import { limits } from "../limits.js";
import { quoted } from "../safetensors/index.js";

/** Reads bytes of the file; fails where the file does not have them. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;
/** Refuses the file: it breaks a rule. */
export type Fail = (rule: string) => never;

interface ZipEntry {
  readonly size: number;
  /** Byte of the file where its own header begins. */
  readonly header: number;
  readonly isStored: boolean;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR_BYTES = 20;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 65_535;
const ENCRYPTED = 1;
const IN_ZIP64 = 0xffffffff;

function wide(bytes: Buffer, at: number, fail: Fail): number {
  const value = bytes.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : fail(`a size of ${value} bytes`);
}

/** Finds the central directory: its place and its number of entries. */
async function directoryOf(read: ReadAt, fileSize: number, fail: Fail) {
  const length = Math.min(fileSize, END_BYTES + LONGEST_COMMENT);
  const tail = await read(fileSize - length, length);
  const isEnd = (at: number) =>
    tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === length;
  let at = length - END_BYTES;
  while (at >= 0 && !isEnd(at)) at--;
  if (at < 0) return fail("the zip archive has no end; it may be incomplete");
  const end = fileSize - length + at;
  const plain = {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    start: tail.readUInt32LE(at + 16),
  };
  if (plain.count !== 0xffff && plain.size !== IN_ZIP64 && plain.start !== IN_ZIP64) return { ...plain, end };
  if (end < LOCATOR_BYTES) return fail("the zip archive has no zip64 end");
  const locator = await read(end - LOCATOR_BYTES, LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== LOCATOR64) return fail("the zip archive has no zip64 end");
  const end64 = wide(locator, 8, fail);
  if (end64 > end - LOCATOR_BYTES - END64_BYTES) return fail("the zip64 end lies outside of the file");
  const record = await read(end64, END64_BYTES);
  if (record.readUInt32LE(0) !== END64) return fail("the zip archive has no zip64 end");
  return {
    count: wide(record, 32, fail),
    size: wide(record, 40, fail),
    start: wide(record, 48, fail),
    end: end64,
  };
}

/** Returns sizes and place of an entry: its own 32 bits, or its zip64 field where these are too few. */
function zip64(extra: Buffer, values: readonly number[], fail: Fail): number[] {
  if (!values.includes(IN_ZIP64)) return [...values];
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = extra.readUInt16LE(at + 2);
    const field = extra.subarray(at + 4, at + 4 + length);
    if (extra.readUInt16LE(at) === 1) {
      let next = 0;
      return values.map((value) => {
        if (value !== IN_ZIP64) return value;
        if (next + 8 > field.length) fail("a zip64 field is too short");
        next += 8;
        return wide(field, next - 8, fail);
      });
    }
    at += 4 + length;
  }
  return fail("an entry has no zip64 field");
}

/** Reads the central directory: the entries by their names. */
function entriesOf(bytes: Buffer, start: number, fail: Fail): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  const damaged = () => fail("the directory of the zip archive is damaged");
  for (let at = 0; at < bytes.length; ) {
    if (at + ENTRY_BYTES > bytes.length || bytes.readUInt32LE(at) !== ENTRY) damaged();
    if (entries.size === limits.directoryEntries)
      fail(`the zip archive has more than ${limits.directoryEntries} entries`);
    const nameEnd = at + ENTRY_BYTES + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const next = extraEnd + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) damaged();
    const name = bytes.toString("utf8", at + ENTRY_BYTES, nameEnd);
    if (entries.has(name)) fail(`the zip archive has two entries ${quoted(name)}`);
    if ((bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0) fail(`the entry ${quoted(name)} is encrypted`);
    const stated = [24, 20, 42].map((field) => bytes.readUInt32LE(at + field));
    const [size, stored, header] = zip64(bytes.subarray(nameEnd, extraEnd), stated, fail);
    if (header! + LOCAL_BYTES + stored! > start) fail(`the entry ${quoted(name)} lies outside of the file`);
    // The code of TorchScript programs is compressed.
    const isStored = bytes.readUInt16LE(at + 10) === 0 && stored === size;
    entries.set(name, { size: size!, header: header!, isStored });
    at = next;
  }
  return entries;
}

/** A zip archive. Reads only entries that are stored without compression, of which any part can be read. */
export class StoredZip {
  private constructor(
    private readonly entries: ReadonlyMap<string, ZipEntry>,
    /** Where the entries end and the central directory begins. */
    private readonly end: number,
    private readonly read: ReadAt,
    private readonly fail: Fail,
  ) {}

  static async open(read: ReadAt, fileSize: number, fail: Fail): Promise<StoredZip> {
    const { count, size, start, end } = await directoryOf(read, fileSize, fail);
    if (size > limits.directoryBytes)
      fail(
        `the directory of the zip archive has ${size} bytes, but at most ${limits.directoryBytes} are allowed`,
      );
    if (start + size > end) fail("the directory of the zip archive lies outside of the file");
    const entries = entriesOf(await read(start, size), start, fail);
    if (entries.size !== count) fail(`the zip archive claims ${count} entries, but has ${entries.size}`);
    return new StoredZip(entries, start, read, fail);
  }

  get names(): Iterable<string> {
    return this.entries.keys();
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** Returns where the data of an entry is in the file. */
  async place(name: string): Promise<{ readonly start: number; readonly size: number }> {
    const { size, header, isStored } = this.entries.get(name) ?? this.fail(`it has no ${quoted(name)}`);
    if (!isStored) this.fail(`the entry ${quoted(name)} is compressed, which torch.save never does`);
    const wrong = () => this.fail(`the entry ${quoted(name)} does not agree with the directory`);
    const named = Buffer.from(name);
    if (header + LOCAL_BYTES + named.length > this.end) wrong();
    const local = await this.read(header, LOCAL_BYTES + named.length);
    if (local.readUInt32LE(0) !== LOCAL || local.readUInt16LE(26) !== named.length) wrong();
    if (!local.subarray(LOCAL_BYTES).equals(named)) wrong();
    const start = header + local.length + local.readUInt16LE(28);
    if (start + size > this.end) this.fail(`the entry ${quoted(name)} lies outside of the file`);
    return { start, size };
  }

  /** Reads an entry of at most so many bytes. */
  async content(name: string, most: number): Promise<Buffer> {
    const { start, size } = await this.place(name);
    if (size > most) this.fail(`${quoted(name)} has ${size} bytes, but at most ${most} are allowed`);
    return this.read(start, size);
  }
}
