import { type EmitOptions, emit, type Tensor } from "../../src/graph/index.js";
import { NativeBuffer, Session, type TensorView } from "../../src/runtime/index.js";

/** A value to feed: floats, or whole numbers where the input is int64 or uint8. */
export interface Value {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** Runs a graph once per call; values are given by input name. */
export async function compiled(outputs: Readonly<Record<string, Tensor>>, options: EmitOptions = {}) {
  const session = await Session.create(emit(outputs, options), {
    name: "test",
    threads: 1,
    config: { "optimization.disable_specified_optimizers": "CommonSubexpressionElimination" },
  });
  const types = new Map(session.inputs.map(({ name, type }) => [name, type]));
  return {
    async run(feeds: Readonly<Record<string, Value>>): Promise<Record<string, Value>> {
      const binding = session.bind();
      const blocks: NativeBuffer[] = [];
      for (const [name, { dims, values }] of Object.entries(feeds)) {
        const type = types.get(name);
        if (type === undefined) continue;
        const buffer = NativeBuffer.allocate(Math.max(8, values.length * 8));
        blocks.push(buffer);
        if (type === "float32") buffer.float32(0, values.length).set(values);
        else if (type === "int64") buffer.int64(0, values.length).set(values.map(BigInt));
        else buffer.uint8(0, values.length).set(values);
        binding.bindInput(name, { buffer, byteOffset: 0, type, dims } satisfies TensorView);
      }
      for (const name of Object.keys(outputs)) binding.bindOutputToCpu(name);
      await binding.run();
      const results = Object.fromEntries(
        Object.keys(outputs).map((name) => {
          const { dims, data } = binding.output(name);
          return [name, { dims: [...dims], values: Array.from(data as Float32Array, Number) }];
        }),
      );
      binding.dispose();
      for (const block of blocks) block.free();
      return results;
    },
    dispose: () => session.dispose(),
  };
}
