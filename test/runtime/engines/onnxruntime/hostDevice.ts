import type { EmissionProfile } from "../../../../src/graph/index.js";
import { compileOn } from "../../../../src/runtime/engines/onnxruntime/compileOn.js";
import { copyGraph } from "../../../../src/runtime/engines/onnxruntime/copyGraph.js";
import { Device, type ToHost } from "../../../../src/runtime/engines/onnxruntime/device.js";
import { DeviceBlock } from "../../../../src/runtime/engines/onnxruntime/deviceBlock.js";
import type { Ort } from "../../../../src/runtime/engines/onnxruntime/ort.js";
import { cpuEngine, type Engine } from "../../../../src/runtime/index.js";

/**
 * The processor as a device of ONNX Runtime: graphs and blocks go the way that they go on a GPU of NVIDIA, with the copying graph,
 * but no provider is added. `copies` counts copies to host memory.
 */
export async function hostDevice(
  library: Ort,
  profile: EmissionProfile = cpuEngine().profile,
): Promise<Engine & { readonly copies: () => number }> {
  let copy: ToHost | undefined;
  let copies = 0;
  const device = new Device({
    library: () => library,
    memory: ["Cpu", 0],
    addTo: () => {},
    toHost(value, to) {
      copies++;
      copy!(value, to);
    },
  });
  copy = await copyGraph(device);
  return {
    ...cpuEngine(),
    device: "host",
    description: "the processor, as a device",
    version: () => library.version,
    profile,
    compile: (model, options) => compileOn(device, model, options),
    block: (byteLength) => new DeviceBlock(device, byteLength),
    readsAnyPart: false,
    copies: () => copies,
  };
}
