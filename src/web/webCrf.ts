import { crfSize, type Transitions, transitionParts, transitionsOf } from "../crf/crfFile.js";
import { headerLength, LENGTH_BYTES, parseHeader } from "../safetensors/header.js";
import { crfInvalid } from "./errors.js";

const FILE = "crf.safetensors";

/** Reads the bytes of crf.safetensors. @throws NeriumError WEB_CRF_INVALID, MODEL_SAFETENSORS_INVALID */
export function webCrf(bytes: ArrayBuffer | Uint8Array, labels: number): Transitions {
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const length = headerLength(file.subarray(0, LENGTH_BYTES), file.length, FILE);
  const { tensors } = parseHeader(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length), file.length, FILE);
  const values = new Float32Array(crfSize(labels));
  for (const { name, shape, from, to } of transitionParts(labels)) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw crfInvalid(`it has no ${name}`);
    if (tensor.dtype !== "F32" || tensor.shape.join() !== shape.join())
      throw crfInvalid(
        `${name} is ${tensor.dtype} of shape [${tensor.shape.join(", ")}], not F32 [${shape.join(", ")}]`,
      );
    // A copy, because the data of a file need not begin at a multiple of four.
    const data = file.slice(tensor.byteOffset, tensor.byteOffset + tensor.byteLength);
    values.set(new Float32Array(data.buffer), from);
    if (!values.subarray(from, to).every(Number.isFinite))
      throw crfInvalid(`${name} has values that are not finite`);
  }
  return transitionsOf(values, labels);
}
