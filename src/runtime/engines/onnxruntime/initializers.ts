import { hold, letGo } from "../../buffer.js";
import { sessionOptionInvalid } from "../../errors.js";
import { allocateCells, type Cells } from "../../foreign.js";
import { checkedByteLength, type NativeTensor, requireNative, type TensorView } from "../../tensor.js";
import { nativeNames } from "../host/names.js";
import type { Ort } from "./ort.js";
import { withValue } from "./values.js";

/** The cells from which ONNX Runtime reads the addresses of a name and of its value. */
let pair: Cells | undefined;

/**
 * Provides the memory of the constants that a model declares as external data, without a copy and without the 2 GiB limit.
 * The buffers cannot be freed until the returned function is called, which must happen after the session is released.
 */
export function addInitializers(
  ort: Ort,
  options: bigint,
  session: string,
  initializers: Readonly<Record<string, TensorView>>,
): () => void {
  const entries = Object.entries(initializers).map(([name, tensor]): [string, NativeTensor] => {
    requireNative(session, name, tensor);
    return [name, tensor];
  });
  if (entries.length === 0) return () => {};
  for (const [name, tensor] of entries) {
    if (name === "" || name.includes("\0"))
      throw sessionOptionInvalid(
        "initializers",
        "The name of an initializer must not be empty or contain a NUL",
      );
    checkedByteLength(session, { name, type: tensor.type, dims: tensor.dims }, tensor);
  }
  pair ??= allocateCells(2);
  const { address, values } = pair;
  const names = nativeNames(entries.map(([name]) => name));
  try {
    for (const [name, tensor] of entries) {
      values[0] = names.addresses.get(name)!;
      const byteLength = checkedByteLength(session, { name, type: tensor.type, dims: tensor.dims }, tensor);
      withValue(ort, tensor, byteLength, (value) => {
        values[1] = value;
        ort.call.AddExternalInitializers(options, address, address + 8n, 1);
      });
    }
  } finally {
    names.block.free();
  }
  for (const [, tensor] of entries) hold(tensor.buffer);
  return () => {
    for (const [, tensor] of entries) letGo(tensor.buffer);
  };
}
