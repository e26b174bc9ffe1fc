import { readFile } from "node:fs/promises";
import { hold, letGo, NativeBuffer } from "../../buffer.js";
import type { CompileOptions } from "../../engine.js";
import { bf16Unsupported, modelInvalid, sessionOptionInvalid, valueUnsupported } from "../../errors.js";
import { releaseAtExit } from "../../lifetime.js";
import { inTurn } from "../../queue.js";
import { checkedByteLength, requireNative } from "../../tensor.js";
import { HostGraph } from "../host/graph.js";
import { checkModel } from "../host/model.js";
import { nativeNames } from "../host/names.js";
import { type BoundModel, OpenVinoBinding } from "./binding.js";
import { type OnnxValues, onnxValues } from "./onnxValues.js";
import { DEVICE, failure, type OpenVino, openvino, outCell, outText } from "./openvino.js";
import { Profile } from "./profile.js";
import { hints, type OpenVinoPrecision, properties } from "./properties.js";

/** A model that OpenVINO compiled. */
export class OpenVinoGraph extends HostGraph<OpenVinoBinding> implements BoundModel {
  readonly inputTypes: readonly number[];
  readonly outputTypes: readonly number[];

  private constructor(
    readonly openvino: OpenVino,
    readonly handle: bigint,
    name: string,
    values: OnnxValues,
    readonly profile: Profile | undefined,
    private readonly letWeightsGo: () => void,
  ) {
    const inputTypes = portTypes(openvino, handle, "input", name, values.inputs.length);
    const outputTypes = portTypes(openvino, handle, "output", name, values.outputs.length);
    super(name, values.inputs, values.outputs);
    this.inputTypes = inputTypes;
    this.outputTypes = outputTypes;
  }

  /** Compiles a model off the main thread. Rejects with RUNTIME_MODEL_INVALID and the errors of `Engine.compile`. */
  static async compile(
    model: Uint8Array | string,
    options: CompileOptions,
    precision: OpenVinoPrecision,
  ): Promise<OpenVinoGraph> {
    const { name, initializers = {}, profilePrefix, threads } = options;
    checkModel("OpenVINO", model, name);
    const wanted = properties(threads, precision, profilePrefix !== undefined);
    const library = openvino();
    const values = onnxValues(typeof model === "string" ? await fileBytes(model, name) : model, name);
    const letWeightsGo = holdWeights(name, initializers);
    // Until the calls are done, native code uses this library, even if the process ends first.
    const takeOffExit = releaseAtExit(() => false);
    try {
      const handle = await compiled(library, model, wanted, name);
      try {
        requirePrecision(library, handle, precision);
        const profile = profilePrefix === undefined ? undefined : new Profile(profilePrefix, library);
        return new OpenVinoGraph(library, handle, name, values, profile, letWeightsGo);
      } catch (error) {
        library.raw.ov_compiled_model_free(handle);
        throw error;
      }
    } catch (error) {
      letWeightsGo();
      throw error;
    } finally {
      takeOffExit();
    }
  }

  protected newBinding(): OpenVinoBinding {
    return new OpenVinoBinding(this);
  }

  endProfiling(): string {
    this.check();
    this.refuseWhileRunning("end its profile");
    if (this.profile === undefined)
      throw sessionOptionInvalid("profilePrefix", "The graph was compiled without it");
    return this.profile.write();
  }

  protected release(): void {
    this.openvino.raw.ov_compiled_model_free(this.handle);
    this.letWeightsGo();
  }
}

async function fileBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw modelInvalid(name, cause instanceof Error ? cause.message : String(cause), { engine: "OpenVINO" });
  }
}

/** Keeps the blocks of weights, whose addresses are in the model, until the returned function is called. */
function holdWeights(session: string, weights: Required<CompileOptions>["initializers"]): () => void {
  const buffers = Object.entries(weights).map(([name, tensor]) => {
    requireNative(session, name, tensor);
    checkedByteLength(session, { name, type: tensor.type, dims: tensor.dims }, tensor);
    return tensor.buffer;
  });
  buffers.forEach(hold);
  return () => buffers.forEach(letGo);
}

/** Bytes before the model's bytes, where the addresses of the results are written. */
const RESULT_BYTES = 64;

/** Reads and compiles a model on a thread of libuv's pool. Returns the `ov_compiled_model_t`. */
async function compiled(
  { raw, core }: OpenVino,
  model: Uint8Array | string,
  wanted: Readonly<Record<string, string>>,
  name: string,
): Promise<bigint> {
  const length = typeof model === "string" ? 0 : model.byteLength;
  const memory = NativeBuffer.allocate(RESULT_BYTES + length);
  const texts = nativeNames(Object.entries(wanted).flat());
  const pairs = NativeBuffer.allocate(Object.keys(wanted).length * 16);
  const result = memory.int64(0, 2);
  const settle = (status: number) => {
    if (status === 0) return;
    const { code, message } = failure(raw, status);
    throw modelInvalid(name, message, { status: code, engine: "OpenVINO" });
  };
  try {
    settle(
      await inTurn<number>((done) => {
        const { ov_core_read_model, ov_core_read_model_from_memory_buffer } = raw;
        if (typeof model === "string")
          return ov_core_read_model.async(core, model, null, memory.address, done);
        memory.bytes(RESULT_BYTES).set(model);
        const bytes = memory.address + BigInt(RESULT_BYTES);
        ov_core_read_model_from_memory_buffer.async(core, bytes, length, null, memory.address, done);
      }),
    );
    pairs.int64().set(
      Object.entries(wanted)
        .flat()
        .map((text) => texts.addresses.get(text)!),
    );
    settle(
      await inTurn<number>((done) => {
        const count = Object.keys(wanted).length;
        const { address } = memory;
        raw.ov_core_compile_model_props.async(
          core,
          result[0]!,
          DEVICE,
          count,
          pairs.address,
          address + 8n,
          done,
        );
      }),
    );
    return result[1]!;
  } finally {
    if (result[0] !== 0n) raw.ov_model_free(result[0]!);
    for (const block of [memory, texts.block, pairs]) block.free();
  }
}

/** Asks the compiled model what it computes in: OpenVINO ignores a format that it does not have. */
function requirePrecision({ raw, call }: OpenVino, handle: bigint, precision: OpenVinoPrecision): void {
  const taken = outText(raw, (cell) =>
    call.ov_compiled_model_get_property(handle, "INFERENCE_PRECISION_HINT", cell),
  );
  if (taken !== hints[precision]) throw bf16Unsupported(`OpenVINO computes in ${taken} here`);
}

/** Returns OpenVINO's numbers for the element types of the inputs or outputs. */
function portTypes(
  { raw, call }: OpenVino,
  handle: bigint,
  kind: "input" | "output",
  name: string,
  declared: number,
): number[] {
  const isInput = kind === "input";
  const count = Number(
    outCell((cell) =>
      isInput
        ? call.ov_compiled_model_inputs_size(handle, cell)
        : call.ov_compiled_model_outputs_size(handle, cell),
    ),
  );
  if (count !== declared)
    throw valueUnsupported(name, kind, `has ${declared} ${kind}s, of which OpenVINO found ${count}`);
  return Array.from({ length: count }, (_, index) => {
    const port = outCell((cell) =>
      isInput
        ? call.ov_compiled_model_input_by_index(handle, index, cell)
        : call.ov_compiled_model_output_by_index(handle, index, cell),
    );
    try {
      return Number(
        BigInt.asIntN(
          32,
          outCell((cell) => call.ov_port_get_element_type(port, cell)),
        ),
      );
    } finally {
      raw.ov_output_const_port_free(port);
    }
  });
}
