import { describe, expect, it } from "vitest";
import { modelTypes } from "../../src/models/families/index.js";
import { configText, parseConfig } from "../../src/models/index.js";

describe("the text of a config.json", () => {
  it("has a decimal point in real numbers, which transformers requires, and in no others", () => {
    const config = {
      attention_dropout: 0,
      id2label: { 0: "O", 1: '"norm_eps": 1' },
      initializer_cutoff_factor: 2,
      initializer_range: 0.02,
      model_type: "modernbert",
      norm_eps: 1,
      nerium: { norm_eps: 1 },
      num_hidden_layers: 2,
      other_key: 3,
      pad_token_id: 0,
      vocab_size: 50,
    };
    const text = configText(config);
    expect(JSON.parse(text)).toEqual(config);
    expect(text.match(/^.*\.0,?$/gm)).toEqual([
      '  "attention_dropout": 0.0,',
      '  "initializer_cutoff_factor": 2.0,',
      '  "norm_eps": 1.0,',
    ]);
  });

  it.each(modelTypes)("of a %s says the same", (model_type) => {
    const config = parseConfig({ model_type, vocab_size: 50 }, "config.json");
    expect(JSON.parse(configText(config))).toEqual(JSON.parse(JSON.stringify(config)));
  });
});
