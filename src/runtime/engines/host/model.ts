import { modelInvalid } from "../../errors.js";

/** A protocol buffer holds at most 2 GiB. */
const maxModelBytes = 2 ** 31 - 1;

/** Throws RUNTIME_MODEL_INVALID if this cannot be the bytes of a model or the path of its file. */
export function checkModel(engine: string, model: unknown, name: string): void {
  const refuse = (what: string) => modelInvalid(name, what, { engine });
  if (typeof model === "string") {
    if (model === "" || model.includes("\0")) throw refuse("the path is empty or contains a NUL");
    return;
  }
  if (!(model instanceof Uint8Array)) throw refuse("it is not a Uint8Array");
  if (model.byteLength === 0) throw refuse("it is empty");
  if (model.byteLength > maxModelBytes) throw refuse(`it has ${model.byteLength} bytes, more than 2 GiB`);
}
