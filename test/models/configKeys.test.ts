import { describe, expect, it } from "vitest";
import { emit, input, standard } from "../../src/graph/index.js";
import {
  encoderOf,
  floatWeightOps,
  logits,
  noDropout,
  paddedBatch,
  parameters,
  parseConfig,
} from "../../src/models/index.js";

const sizes = {
  vocab_size: 50,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 8,
  max_position_embeddings: 32,
};
const parse = (config: object) => parseConfig({ ...sizes, ...config }, "config.json");

/** The forward pass that a config describes, as an ONNX model. */
function forward(config: object): Uint8Array {
  const encoder = encoderOf(parse(config));
  const shapes = new Map(parameters(encoder, 3).map(({ name, shape }) => [name, shape]));
  const ops = floatWeightOps((name) => {
    const shape = shapes.get(name);
    return shape && input(name, "float32", shape);
  });
  return emit(
    { logits: logits(encoder, ops, paddedBatch(encoder.features), noDropout) },
    { profile: standard },
  );
}

describe("keys of config.json mean what they mean in transformers:", () => {
  it.each<[string, object, object]>([
    ["eurobert's base from rope_scaling", { rope_scaling: { rope_theta: 20 } }, { rope_theta: 20 }],
    [
      "a rope_scaling of eurobert replaces its rope_parameters",
      { rope_scaling: { type: "default" }, rope_parameters: { rope_theta: 44 }, rope_theta: 99 },
      { rope_theta: 99 },
    ],
    [
      "an empty rope_scaling of eurobert does not",
      { rope_scaling: {}, rope_parameters: { rope_theta: 44 }, rope_theta: 99 },
      { rope_theta: 44 },
    ],
  ])("%s", (_, config, same) => {
    const eurobert = { model_type: "eurobert" };
    expect(forward({ ...eurobert, ...config })).toEqual(forward({ ...eurobert, ...same }));
    expect(forward({ ...eurobert, ...config })).not.toEqual(forward(eurobert));
  });

  it.each<[string, object, object]>([
    [
      "modernbert's bases from rope_scaling",
      { rope_scaling: { rope_type: "default", rope_theta: 500 }, global_rope_theta: 7 },
      { global_rope_theta: 500, local_rope_theta: 500 },
    ],
    [
      "modernbert's base of one kind of layers",
      { rope_parameters: { sliding_attention: { rope_theta: 9 } }, local_rope_theta: 8 },
      { local_rope_theta: 9 },
    ],
  ])("%s", (_, config, same) => {
    const modernbert = { model_type: "modernbert" };
    expect(forward({ ...modernbert, ...config })).toEqual(forward({ ...modernbert, ...same }));
    expect(forward({ ...modernbert, ...config })).not.toEqual(forward(modernbert));
  });

  it("modernbert's sliding_window is half of its local_attention, and goes before it", () => {
    const reach = (config: object) =>
      encoderOf(parse({ model_type: "modernbert", ...config })).features.reach;
    expect(reach({ local_attention: 11 })).toBe(5);
    expect(reach({ local_attention: 11, sliding_window: 3 })).toBe(3);
    expect(reach({ sliding_window: 0 })).toBe(0);
  });

  it("modernbert's new weights are cut off at two standard deviations", () => {
    expect(encoderOf(parse({ model_type: "modernbert" })).classifierInitial).toMatchObject({ cutoff: 2 });
  });

  it("distilbert has the usual names of sizes too, which go before its own", () => {
    const distilbert = { model_type: "distilbert", dim: 24, n_layers: 5, n_heads: 3, hidden_dim: 8 };
    const { hiddenSize, layers, features } = encoderOf(parse(distilbert));
    expect([hiddenSize, layers, features.heads]).toEqual([16, 2, 2]);
  });

  it("distilbert's sinusoidal positions are in the weights", () => {
    const distilbert = { model_type: "distilbert" };
    expect(forward({ ...distilbert, sinusoidal_pos_embds: true })).toEqual(forward(distilbert));
  });

  it("a deberta-v2 without relative attention may say none", () => {
    const types = (pos_att_type: unknown) => parse({ model_type: "deberta-v2", pos_att_type }).pos_att_type;
    expect([types(["none"]), types("None"), types(""), types(null)]).toEqual([[], [], [], []]);
    expect(types(" C2P|p2c ")).toEqual(["c2p", "p2c"]);
  });
});

describe("keys that Nerium does not implement are refused by name:", () => {
  it.each<[string, object]>([
    ["rope_parameters", { model_type: "eurobert", rope_parameters: { type: "linear", factor: 2 } }],
    ["rope_parameters", { model_type: "eurobert", rope_scaling: { rope_type: "yarn", factor: 2 } }],
    ["rope_parameters", { model_type: "modernbert", rope_scaling: { rope_type: "linear", factor: 2 } }],
    [
      "rope_parameters",
      { model_type: "modernbert", rope_parameters: { full_attention: { type: "linear", factor: 2 } } },
    ],
    ["pos_att_type", { model_type: "deberta-v2", relative_attention: true }],
    ["pos_att_type", { model_type: "deberta-v2", relative_attention: true, pos_att_type: ["C2P"] }],
    ["pos_att_type", { model_type: "deberta-v2", relative_attention: true, pos_att_type: "p2p" }],
    ["per_layer_config", { model_type: "bert", per_layer_config: { 0: { intermediate_size: 4 } } }],
  ])("%s", (key, config) => {
    expect(() => parse(config)).toThrowError(
      expect.objectContaining({ code: "MODEL_CONFIG_UNSUPPORTED", where: `config.json: ${key}` }),
    );
  });
});
