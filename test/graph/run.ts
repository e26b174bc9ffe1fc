import { type EmitOptions, emit, type Tensor } from "../../src/graph/index.js";
import { cpuEngine, type Engine, type StateBlock } from "../../src/runtime/index.js";

/** What the engine that runs these graphs has by default. */
export const { profile } = cpuEngine();

/** A value to feed: floats, or whole numbers where the input is int64 or uint8. */
export interface Value {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** Runs a graph once per call; values are given by input name. */
export async function compiled(
  outputs: Readonly<Record<string, Tensor>>,
  { engine = cpuEngine(), ...options }: Partial<EmitOptions> & { readonly engine?: Engine } = {},
) {
  const graph = await engine.compile(emit(outputs, { profile: engine.profile, ...options }), {
    name: "test",
    threads: 1,
    keepRematerialised: true,
  });
  const types = new Map(graph.inputs.map(({ name, type }) => [name, type]));
  return {
    async run(feeds: Readonly<Record<string, Value>>): Promise<Record<string, Value>> {
      const binding = graph.bind();
      const blocks: StateBlock[] = [];
      for (const [name, { dims, values }] of Object.entries(feeds)) {
        const type = types.get(name);
        if (type === undefined) continue;
        const buffer = engine.block(Math.max(8, values.length * 8));
        blocks.push(buffer);
        if (type === "float32") buffer.copyIn(0, Float32Array.from(values));
        else if (type === "int64") buffer.copyIn(0, BigInt64Array.from(values, BigInt));
        else buffer.copyIn(0, Uint8Array.from(values));
        binding.bindInput(name, { buffer, byteOffset: 0, type, dims });
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
    dispose: () => graph.dispose(),
  };
}
