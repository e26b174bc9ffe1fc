import { NativeBuffer } from "../../buffer.js";

/** Names as C strings in one block of native memory, so that calls do not need to convert them. */
export interface NativeNames {
  readonly block: NativeBuffer;
  /** The address of each name. */
  readonly addresses: ReadonlyMap<string, bigint>;
}

export function nativeNames(names: Iterable<string>): NativeNames {
  const encoded = [...new Set(names)].map((name) => ({ name, bytes: new TextEncoder().encode(`${name}\0`) }));
  const block = NativeBuffer.allocate(encoded.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
  const addresses = new Map<string, bigint>();
  let offset = 0;
  for (const { name, bytes } of encoded) {
    block.bytes(offset, bytes.byteLength).set(bytes);
    addresses.set(name, block.address + BigInt(offset));
    offset += bytes.byteLength;
  }
  return { block, addresses };
}
