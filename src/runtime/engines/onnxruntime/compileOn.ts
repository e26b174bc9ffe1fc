import type { CompiledGraph, CompileOptions } from "../../engine.js";
import type { TensorView } from "../../tensor.js";
import type { Device } from "./device.js";
import { DeviceBlock } from "./deviceBlock.js";
import { sessionOptions } from "./engine.js";
import { Session } from "./session.js";

/** Compiles a model for a device, whose settings are for this graph alone. See {@link Engine.compile}. */
export function compileOn(
  device: Device,
  model: Uint8Array | string,
  { initializers = {}, ...options }: CompileOptions,
  deviceOptions: Readonly<Record<string, string>> = {},
): Promise<CompiledGraph> {
  const inHost = Object.entries(initializers).map(([name, tensor]) => [name, hostTensor(tensor)]);
  const given = sessionOptions({ ...options, initializers: Object.fromEntries(inHost) });
  return device.exclusive(() => Session.create(model, { ...given, device, deviceOptions }));
}

/** The tensor in host memory, from which a session copies it when it is created. */
function hostTensor(tensor: TensorView): TensorView {
  if (!(tensor.buffer instanceof DeviceBlock)) return tensor;
  tensor.buffer.fetch();
  return { ...tensor, buffer: tensor.buffer.memory };
}
