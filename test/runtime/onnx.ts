/** Just enough of the ONNX protocol buffers (onnx.proto) to write the small models of these tests. */

type Field = readonly [number: number, value: number | bigint | string | Uint8Array];

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

function message(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) => {
    if (typeof value === "number" || typeof value === "bigint") {
      return [Uint8Array.from([...varint(BigInt(number << 3)), ...varint(BigInt(value))])];
    }
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [Uint8Array.from([...varint(BigInt((number << 3) | 2)), ...varint(BigInt(bytes.length))]), bytes];
  });
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

export const elem = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
};
export type Elem = keyof typeof elem;

/** A declared input or output; a text is a named free dimension. */
export function value(name: string, type: Elem, dims?: readonly (number | string)[]): Uint8Array {
  const dim = (d: number | string) => message([typeof d === "number" ? [1, d] : [2, d]]);
  const shape: Field[] = dims === undefined ? [] : [[2, message(dims.map((d) => [1, dim(d)]))]];
  return message([
    [1, name],
    [2, message([[1, message([[1, elem[type]], ...shape])]])],
  ]);
}

/** A declared sequence of float tensors. */
export function sequence(name: string): Uint8Array {
  const tensor = message([[1, message([[1, elem.float32]])]]);
  return message([
    [1, name],
    [2, message([[4, message([[1, tensor]])]])],
  ]);
}

export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ints: Record<string, number> = {},
): Uint8Array {
  return message([
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, op],
    ...Object.entries(ints).map(
      ([name, i]): Field => [
        5,
        message([
          [1, name],
          [3, i],
          [20, 2],
        ]),
      ],
    ),
  ]);
}

/** A float constant inside the model, or, without data, one whose data comes from outside. */
export function initializer(
  name: string,
  dims: readonly number[],
  data?: Float32Array,
  place: Readonly<Record<string, string>> = { location: "weights" },
): Uint8Array {
  const external = Object.entries(place).map(
    ([key, text]): Field => [
      13,
      message([
        [1, key],
        [2, text],
      ]),
    ],
  );
  const content: Field[] =
    data === undefined
      ? [...external, [14, 1]]
      : [[9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]];
  return message([...dims.map((d): Field => [1, d]), [2, elem.float32], [8, name], ...content]);
}

export function model(
  nodes: readonly Uint8Array[],
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
  initializers: readonly Uint8Array[] = [],
): Uint8Array {
  const graph = message([
    ...nodes.map((n): Field => [1, n]),
    [2, "test"],
    ...initializers.map((i): Field => [5, i]),
    ...inputs.map((i): Field => [11, i]),
    ...outputs.map((o): Field => [12, o]),
  ]);
  const opset = message([
    [1, ""],
    [2, 17],
  ]);
  return message([
    [1, 8],
    [7, graph],
    [8, opset],
  ]);
}

/** `y = x + x`, over [n, 2]. */
export const doubling = () =>
  model(
    [node("Add", ["x", "x"], ["y"])],
    [value("x", "float32", ["n", 2])],
    [value("y", "float32", ["n", 2])],
  );

/** `y = a b`, over [m, k] and [k, n]. */
export const product = () =>
  model(
    [node("MatMul", ["a", "b"], ["y"])],
    [value("a", "float32", ["m", "k"]), value("b", "float32", ["k", "n"])],
    [value("y", "float32", ["m", "n"])],
  );

/** `length` products with the same square matrix, one after the other: a run that takes its time. */
export function chain(size: number, length: number): Uint8Array {
  const nodes = Array.from({ length }, (_, i) =>
    node("MatMul", [i === 0 ? "x" : `h${i}`, "w"], [i === length - 1 ? "y" : `h${i + 1}`]),
  );
  return model(
    nodes,
    [value("x", "float32", [size, size]), value("w", "float32", [size, size])],
    [value("y", "float32", [size, size])],
  );
}
