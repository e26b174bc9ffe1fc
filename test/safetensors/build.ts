/** A safetensors file as bytes, from a header as text and its data. */
export function fileOf(
  header: string | Uint8Array,
  data: Uint8Array = new Uint8Array(0),
  length?: bigint,
): Uint8Array {
  const json = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(json.length));
  return Buffer.concat([prefix, json, data]);
}

/** One entry of a header: F32 unless told. */
export const entry = (begin: number | string, end: number | string, shape: string, dtype = "F32") =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

/** A good file of three tensors, 40 bytes of data. */
export const threeTensors = () =>
  fileOf(
    `{"__metadata__":{"format":"pt"},"a":${entry(0, 16, "[2,2]")},"b":${entry(16, 24, "[2]")},"c":${entry(24, 40, "[4]")}}`,
    new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).buffer),
  );
