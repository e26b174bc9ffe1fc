import { BITS, elementCount, quoted, type TensorInfo } from "../safetensors/index.js";
import { StorageView, type Value } from "./values.js";
import type { Fail, StoredZip } from "./zip.js";

/** Returns true if the elements of a tensor are in its storage one after another. */
function isContiguous({ shape, strides }: StorageView): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

/**
 * Checks that a tensor uses no element of its storage twice, and returns the elements that it spans. Then it cannot be larger
 * than the file, and {@link readStrided} reads no part of the file twice.
 */
function spanOf({ shape, strides }: StorageView, overlap: () => never): number {
  const axes = shape.map((size, axis) => ({ size, step: strides[axis]! })).filter(({ size }) => size > 1);
  axes.sort((a, b) => a.step - b.step);
  let span = 1;
  for (const { size, step } of axes) {
    if (step < span) overlap();
    span += (size - 1) * step;
  }
  return span;
}

/**
 * Finds the tensors of a state dict in the file.
 *
 * @param prefix of the names of storages in the archive
 */
export async function stateDict(
  state: Value,
  prefix: string,
  zip: StoredZip,
  invalid: Fail,
  refused: Fail,
): Promise<Map<string, TensorInfo>> {
  if (!(state instanceof Map)) return refused("it contains something other than a state dict");
  const places = new Map<string, { readonly start: number; readonly size: number }>();
  /** Two tensors may state the same storage, each with another size. */
  const startOf = async ({ key, count }: StorageView["storage"], elementBytes: number) => {
    const name = `${prefix}${key}`;
    const { start, size } = places.get(key) ?? (await zip.place(name));
    if (size !== count * elementBytes)
      invalid(`${quoted(name)} has ${size} bytes instead of ${count * elementBytes}`);
    places.set(key, { start, size });
    return start;
  };
  const tensors = new Map<string, TensorInfo>();
  for (const [name, view] of state) {
    if (typeof name !== "string" || !(view instanceof StorageView))
      return refused(
        `its entry ${quoted(String(name))} is not a tensor. Only a state dict with tensors at its top level is read`,
      );
    if (name.includes("\0")) invalid(`the name ${quoted(name)} contains a NUL`);
    const { storage, offset, shape, strides } = view;
    if (strides.length !== shape.length) invalid(`the strides of ${quoted(name)} do not match its shape`);
    const elementBytes = BITS[storage.dtype] / 8;
    const start = await startOf(storage, elementBytes);
    const count = elementCount(shape);
    if (Number.isNaN(count)) invalid(`the tensor ${quoted(name)} has 2^53 elements or more`);
    const span =
      count === 0 ? 0 : spanOf(view, () => refused(`the tensor ${quoted(name)} uses an element twice`));
    if (offset + span > storage.count) invalid(`the tensor ${quoted(name)} lies outside of its storage`);
    tensors.set(name, {
      name,
      dtype: storage.dtype,
      shape,
      byteOffset: start + offset * elementBytes,
      byteLength: count * elementBytes,
      ...(count === 0 || isContiguous(view) ? {} : { strides }),
    });
  }
  return tensors;
}
