/** One contract for every encoder family. */
import { describe, expect, it, test } from "vitest";
import { input, type Tensor } from "../../src/graph/index.js";
import type { Batch, Features } from "../../src/models/batch/batch.js";
import { paddedBatch } from "../../src/models/batch/padded.js";
import { families, modelTypes } from "../../src/models/families/index.js";
import {
  batchTensors,
  encoderOf,
  floatWeightOps,
  logits,
  noDropout,
  packBatch,
  parameters,
  parseConfig,
  storedParts,
} from "../../src/models/index.js";

const LABELS = 5;
const encoder = (modelType: string) =>
  encoderOf(parseConfig({ model_type: modelType, vocab_size: 100 }, "config.json"));

/** The names of a graph's inputs. */
function inputsOf(output: Tensor): Set<string> {
  const seen = new Set<Tensor["node"]>();
  const names = new Set<string>();
  const open = [output.node];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.op.name === "input") names.add((node.attributes as { name: string }).name);
    open.push(...node.inputs.map((each) => each.node));
  }
  return names;
}

/** The forward pass of a model over a batch; every operation checks the shapes that it is given. */
function forward(modelType: string, batch: (features: Features) => Batch): Tensor {
  const model = encoder(modelType);
  const shapes = new Map(parameters(model, LABELS).map(({ name, shape }) => [name, shape]));
  const ops = floatWeightOps((name) => {
    const shape = shapes.get(name);
    return shape && input(name, "float32", shape);
  });
  return logits(model, ops, batch(model.features), noDropout);
}

test("no two families share a model_type", () => {
  expect(new Set(modelTypes).size).toBe(modelTypes.length);
  expect(families.every(({ architectures }) => Object.keys(architectures).length > 0)).toBe(true);
});

describe.each(modelTypes)("a %s", (modelType) => {
  it("parses from model_type and vocab_size alone, with transformers' defaults for what is left out", () => {
    const { vocabularySize, hiddenSize, layers, maxLength, paddingId, dropout } = encoder(modelType);
    expect(vocabularySize).toBe(100);
    expect(hiddenSize % encoder(modelType).features.heads).toBe(0);
    for (const count of [hiddenSize, layers, maxLength]) expect(count).toBeGreaterThan(0);
    expect(paddingId).toBeGreaterThanOrEqual(0);
    for (const probability of Object.values(dropout)) {
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThan(1);
    }
  });

  it("has a small encoder of the length that is asked for", () => {
    const keys = families
      .find(({ architectures }) => Object.hasOwn(architectures, modelType))!
      .small({ maxLength: 40, paddingId: 0 });
    const config = { model_type: modelType, vocab_size: 100, pad_token_id: 0, ...keys };
    const { maxLength, hiddenSize, layers } = encoderOf(parseConfig(config, "config.json"));
    expect({ maxLength, hiddenSize, layers }).toEqual({ maxLength: 40, hiddenSize: 128, layers: 3 });
  });

  it("reads the dropout that a run sets under its dropoutKeys", () => {
    const { dropoutKeys } = encoder(modelType);
    const set = { embeddings: 0.1, hidden: 0.2, attention: 0.3, classifier: 0.4 };
    const sites = (Object.keys(set) as (keyof typeof set)[]).filter(
      (site) => dropoutKeys[site] !== undefined,
    );
    const settings = Object.fromEntries(sites.map((site) => [dropoutKeys[site]!, set[site]]));
    const config = { model_type: modelType, vocab_size: 100, ...settings };
    // Two sites may share a key.
    const expected = Object.fromEntries(sites.map((site) => [site, settings[dropoutKeys[site]!]]));
    const none = { embeddings: 0, hidden: 0, attention: 0, classifier: 0 };
    expect(encoderOf(parseConfig(config, "config.json")).dropout).toEqual({ ...none, ...expected });
  });

  it("names each parameter and each tensor of a file once", () => {
    const all = parameters(encoder(modelType), LABELS);
    for (const names of [all, all.flatMap(storedParts)].map((each) => each.map(({ name }) => name)))
      expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  });

  it("uses each parameter in its forward pass, and nothing that is none", () => {
    const names = parameters(encoder(modelType), LABELS).map(({ name }) => name);
    const used = inputsOf(forward(modelType, paddedBatch));
    expect(names.filter((name) => !used.has(name))).toEqual([]);
    const given = new Set([...names, "input_ids", "attention_mask", "token_type_ids"]);
    expect([...used].filter((name) => !given.has(name))).toEqual([]);
  });

  it("gives the logits of labelled rows, packed and padded", () => {
    expect(forward(modelType, batchTensors).shape).toEqual(["labelled", LABELS]);
    expect(forward(modelType, paddedBatch).shape).toEqual(["batch_size*sequence_length", LABELS]);
  });

  it("takes of a packed batch exactly what packBatch makes for its features", () => {
    const sequence = { ids: Int32Array.of(2, 3), labelled: Int32Array.of(0) };
    const { feeds } = packBatch([sequence], encoder(modelType).features);
    const names = new Set(parameters(encoder(modelType), LABELS).map(({ name }) => name));
    const used = [...inputsOf(forward(modelType, batchTensors))].filter((name) => !names.has(name));
    expect(used.sort()).toEqual(feeds.map(({ name }) => name).sort());
  });

  it("asks for token_type_ids where its features say input, and for no other input of its own", () => {
    const { tokenTypes } = encoder(modelType).features;
    const used = inputsOf(forward(modelType, paddedBatch));
    expect(used.has("token_type_ids")).toBe(tokenTypes === "input");
  });

  it("gives every parameter a role that agrees with its shape, and a place", () => {
    const { layers } = encoder(modelType);
    const all = parameters(encoder(modelType), LABELS);
    for (const { name, shape, role, place, decays } of all) {
      expect(["table", "linear", "norm", "bias"], name).toContain(role);
      expect(shape.length, name).toBe(role === "table" || role === "linear" ? 2 : 1);
      if (role === "bias") expect(decays, name).toBe(false);
      if (typeof place === "number") expect(place >= 0 && place < layers, `${name} in ${place}`).toBe(true);
    }
    const places = new Set(all.map(({ place }) => place));
    expect([...places]).toEqual(["embeddings", ...Array.from({ length: layers }, (_, n) => n), "head"]);
  });

  it("has one word-embedding table, with a row for each id or for those that a run holds", () => {
    const tables = (vocabulary?: number) =>
      parameters(encoder(modelType), LABELS, vocabulary).filter(({ isVocabulary }) => isVocabulary);
    expect(tables().map(({ role, shape }) => [role, shape[0]])).toEqual([["table", 100]]);
    expect(tables(7).map(({ shape }) => shape[0])).toEqual([7]);
  });

  it("knows a tensor's own name among those that files have for it", () => {
    const model = encoder(modelType);
    for (const { name } of model.parameters().flatMap(storedParts)) {
      expect(model.storedNames(name)[0]).toBe(name);
      expect(model.ignores(name), name).toBe(false);
    }
  });

  it("knows the names of files from TensorFlow, and those of bare encoders", () => {
    const model = encoder(modelType);
    const names = model.parameters().flatMap(storedParts);
    for (const { name } of names.filter((each) => each.name.includes("LayerNorm."))) {
      const old = name.replace(".weight", ".gamma").replace(".bias", ".beta");
      const bare = (each: string) => each.slice(each.indexOf(".") + 1);
      expect(model.storedNames(name)).toEqual([name, bare(name), old, bare(old)]);
    }
    const [first] = names;
    expect(model.storedNames(first!.name)).toContain(first!.name.slice(first!.name.indexOf(".") + 1));
  });
});

describe("a batch makes what a family asks for and nothing else", () => {
  const sequence = { ids: Int32Array.of(2, 3), labelled: Int32Array.of(0) };

  it("without positions and token types", () => {
    const bare = { heads: 2 };
    for (const batch of [batchTensors(bare), paddedBatch(bare)]) {
      expect(batch).not.toHaveProperty("positions");
      expect(batch).not.toHaveProperty("tokenTypes");
    }
    const names = packBatch([sequence], bare).feeds.map(({ name }) => name);
    expect(names.filter((name) => /position/i.test(name))).toEqual([]);
  });

  it("with both", () => {
    const features = { heads: 2, positionIds: {}, tokenTypes: "input" } as const;
    expect([...inputsOf(paddedBatch(features).tokenTypes!.indices)]).toEqual(["token_type_ids"]);
    expect([...inputsOf(batchTensors(features).positions!.indices)]).toEqual(["positionIds"]);
    const names = packBatch([sequence], features).feeds.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["positionIds", "distinctPositions"]));
  });
});
