import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../src/models/index.js";
import { quickstartCorpus } from "../../src/quickstart/corpus.js";
import { conllText } from "../../src/quickstart/files.js";
import { quickstartTokenizer } from "../../src/quickstart/tokenizer.js";
import { randomEncoder } from "../../src/quickstart/weights.js";
import type { RecipeInput } from "../../src/recipe/index.js";
import { writeSafetensors } from "../../src/safetensors/index.js";

/**
 * Creates a folder with a random two-layer encoder and a small corpus, enough to learn something within
 * seconds.
 */
export async function tinyModel(settings: Record<string, unknown> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "nerium-tiny-"));
  const corpus = quickstartCorpus(1, { train: 96, validation: 40, test: 30 });
  const files = {
    train: join(folder, "train.conll"),
    validation: join(folder, "valid.conll"),
    test: join(folder, "test.conll"),
  };
  for (const split of ["train", "validation", "test"] as const)
    writeFileSync(files[split], conllText(corpus[split]));
  const encoder = join(folder, "encoder");
  mkdirSync(encoder);
  const tokenizer = quickstartTokenizer(corpus.train, 400);
  for (const [name, text] of Object.entries(tokenizer)) writeFileSync(join(encoder, name), text);
  const json = {
    model_type: "bert",
    architectures: ["BertModel"],
    vocab_size: tokenizer["vocab.txt"].trimEnd().split("\n").length,
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 64,
    max_position_embeddings: 128,
    ...settings,
  };
  writeFileSync(join(encoder, "config.json"), JSON.stringify(json));
  const file = join(encoder, "model.safetensors");
  await writeSafetensors(file, randomEncoder(parseConfig(json, "config.json"), 1));
  const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput => ({
    model: encoder,
    train: files.train,
    validation: files.validation,
    output: join(folder, "output"),
    learningRate: 3e-3,
    perDeviceTrainBatchSize: 16,
    numTrainEpochs: 2,
    threads: 2,
    ...changes,
  });
  return { folder, encoder, files, recipe };
}
