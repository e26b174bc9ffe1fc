import { maskedCrc } from "./crc32c.js";

/** Bytes before the data of a record: its length as 64 bits, and the checksum of these. */
const HEAD = 12;
const FOOT = 4;

/**
 * Returns data as a record of a TFRecord file: length, checksum of the length, data, checksum of the data.
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD + data.length + FOOT);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(bytes.subarray(0, 8)), true);
  bytes.set(data, HEAD);
  view.setUint32(HEAD + data.length, maskedCrc(data), true);
  return bytes;
}

/** Yields the data of the records of a file, up to the first that is damaged or not complete. */
export function* recordsIn(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEAD + FOOT <= bytes.length; ) {
    if (view.getUint32(at + 8, true) !== maskedCrc(bytes.subarray(at, at + 8))) return;
    const length = Number(view.getBigUint64(at, true));
    const [begin, end] = [at + HEAD, at + HEAD + length];
    if (end + FOOT > bytes.length) return;
    const data = bytes.subarray(begin, end);
    if (view.getUint32(end, true) !== maskedCrc(data)) return;
    yield data;
    at = end + FOOT;
  }
}
