import { callFailed } from "../../errors.js";
import { byteLengthOf } from "../../tensor.js";
import type { Device, ToHost } from "./device.js";
import { outValue, takeStatus } from "./ort.js";
import { Session } from "./session.js";
import { withValue } from "./values.js";

/** An ONNX model with one operation: `y = x`, of bytes. */
const IDENTITY = Buffer.from(
  "CAg6PAoQCgF4EgF5IghJZGVudGl0eRIEdGVzdFoQCgF4EgsKCQgCEgUKAxIBbmIQCgF5EgsKCQgCEgUKAxIBbkIECgAQEQ==",
  "base64",
);

/**
 * Returns a function that copies tensors of a device to host memory, as bytes, with a graph that gives what it takes. It is for
 * providers whose memory ONNX Runtime cannot copy otherwise.
 */
export async function copyGraph(device: Device): Promise<ToHost> {
  const session = await Session.create(IDENTITY, { name: "copy", threads: 1, device });
  const library = device.ort;
  const { call, raw } = library;
  const binding = outValue((cell) => call.CreateIoBinding(session.handle, cell));
  const options = outValue((cell) => call.CreateRunOptions(cell));
  return (value, to) => {
    const length = byteLengthOf(value.type, value.dims);
    const dims = [length];
    device.inDims({ ...value, type: "uint8" }, dims, (bytes) =>
      call.BindInput(binding, session.nameAddress("x"), bytes),
    );
    withValue(library, { ...to, type: "uint8", dims }, length, (host) =>
      call.BindOutput(binding, session.nameAddress("y"), host),
    );
    const failed = takeStatus(raw, raw.RunWithBinding(session.handle, options, binding));
    if (failed !== undefined) throw callFailed("RunWithBinding", failed.code, failed.message);
  };
}
