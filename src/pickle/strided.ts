import { elementCount } from "../safetensors/index.js";

/** Elements of the file that are in memory at once. */
const MOST_ELEMENTS = 4 * 2 ** 20;

/**
 * Reads elements of a tensor that do not lie in the file one after another, in row-major order from element `from` on. Walks
 * the rows that contain them in the order of the file, so that no part of it is read twice.
 *
 * @param read reads elements that lie one after another, beginning so many elements after the tensor's first
 */
export async function readStrided(
  { shape, strides }: { readonly shape: readonly number[]; readonly strides: readonly number[] },
  from: number,
  into: Float32Array,
  read: (first: number, into: Float32Array) => Promise<void>,
): Promise<void> {
  if (into.length === 0) return;
  const rowLength = elementCount(shape.slice(1));
  const firstRow = Math.floor(from / rowLength);
  const rows = Math.floor((from + into.length - 1) / rowLength) + 1 - firstRow;
  const axes = shape
    .map((size, axis) => ({
      size: axis === 0 ? rows : size,
      step: strides[axis]!,
      /** Elements of the tensor from one to the next. */
      order: elementCount(shape.slice(axis + 1)),
    }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => b.step - a.step);
  const inner = axes.pop() ?? { size: 1, step: 1, order: 1 };
  const begin = firstRow * strides[0]!;
  const end = [...axes, inner].reduce((last, { size, step }) => last + (size - 1) * step, begin) + 1;
  const buffer = new Float32Array(Math.min(MOST_ELEMENTS, end - begin));
  let start = begin;
  let filled = begin;

  const counters = axes.map(() => 0);
  let at = begin;
  let index = firstRow * rowLength - from;
  for (;;) {
    for (let i = 0; i < inner.size; i++, at += inner.step, index += inner.order) {
      if (index < 0 || index >= into.length) continue;
      if (at >= filled) {
        start = at;
        filled = Math.min(end, at + buffer.length);
        await read(start, buffer.subarray(0, filled - start));
      }
      into[index] = buffer[at - start]!;
    }
    at -= inner.size * inner.step;
    index -= inner.size * inner.order;
    let axis = axes.length - 1;
    for (; axis >= 0; axis--) {
      const { size, step, order } = axes[axis]!;
      at += step;
      index += order;
      if (++counters[axis]! < size) break;
      at -= size * step;
      index -= size * order;
      counters[axis] = 0;
    }
    if (axis < 0) return;
  }
}
