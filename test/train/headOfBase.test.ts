/**
 * A trained model has its own head, whatever head the config.json of its base model describes; here and in
 * Python.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { load } from "../../src/infer/index.js";
import { labelsOf, parseConfig } from "../../src/models/index.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { USUAL_RULES } from "../../src/text/index.js";
import { train } from "../../src/train/index.js";
import { runConfig } from "../../src/train/prepare/runConfig.js";
import { tinyModel } from "./tinyModel.js";

const python = process.env.NERIUM_PYTHON;

/**
 * A head with three labels, in keys that a version of transformers or sentence-transformers writes or reads.
 */
const head = {
  num_labels: 3,
  _num_labels: 3,
  id2label: { "0": "bad", "1": "fair", "2": "good" },
  label2id: { bad: 0, fair: 1, good: 2 },
  label_names: ["bad", "fair", "good"],
  problem_type: "single_label_classification",
  finetuning_task: "sst-2",
  function_to_apply: "sigmoid",
  loss_type: "ForSequenceClassification",
  sentence_transformers: { activation_fn: "torch.nn.modules.linear.Identity", version: "5.0.0" },
  sbert_ce_default_activation_function: "torch.nn.modules.linear.Identity",
};
const keys = Object.keys(head) as (keyof typeof head)[];
const only = (some: readonly string[]) =>
  Object.fromEntries(keys.filter((key) => some.includes(key)).map((key) => [key, head[key]]));

describe.each(["bert", "roberta"])("a config.json of type %s", (type) => {
  const base = { model_type: type, vocab_size: 50, hidden_size: 8, num_attention_heads: 2, pad_token_id: 0 };
  const { recipe } = parseRecipe({ model: "model", train: "train.conll", output: "output" });

  test.each([[["O"]], [["O", "B-PER"]], [["LABEL_0", "LABEL_1"]], [["bad", "fair", "good"]]])(
    "with any of the keys gives one whose labels are %j and nothing else",
    (labels) => {
      const saved = (settings: object): Record<string, unknown> => {
        const config = runConfig(parseConfig({ ...base, ...settings }, "config.json"), recipe, labels, {
          context: "none",
          evalLength: 64,
          words: USUAL_RULES,
        });
        return JSON.parse(JSON.stringify(config));
      };
      const bare = saved({});
      const read = { file: "config.json", warn: () => {} };
      expect(labelsOf(parseConfig(bare, "config.json"), read)).toEqual(labels);
      for (let set = 0; set < 2 ** keys.length; set++) {
        const settings = only(keys.filter((_, bit) => (set >> bit) & 1));
        expect(saved(settings), JSON.stringify(settings)).toEqual(bare);
      }
    },
  );
});

describe.each(["bert", "roberta"])("a base model of type %s", (type) => {
  const folders: string[] = [];
  const outputs: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** Trains a model for one step and returns its folder. */
  async function trained(settings: object): Promise<string> {
    const tiny = await tinyModel({ model_type: type, pad_token_id: 0, num_hidden_layers: 1, ...settings });
    folders.push(tiny.folder);
    const recipe = tiny.recipe({ maxSteps: 1, maxTrainSamples: 16, maxEvalSamples: 4, saveStrategy: "no" });
    await train(recipe).result();
    outputs.push(recipe.output);
    return recipe.output;
  }
  const labelsIn = (folder: string): string[] =>
    Object.values(JSON.parse(readFileSync(join(folder, "config.json"), "utf8")).id2label);

  test.each<[string, object]>([
    ["no head", {}],
    ["a number of labels", only(["num_labels"])],
    ["a number of labels as transformers 2 has it", only(["_num_labels"])],
    ["labels", only(["id2label", "label2id"])],
    ["labels that nobody named", { id2label: { "0": "LABEL_0" }, label2id: { LABEL_0: 0 }, num_labels: 1 }],
    ["all that it can have", head],
  ])("whose config.json has %s: what is saved loads", async (_, settings) => {
    const output = await trained(settings);
    const ner = await load(output, { threads: 1 });
    await expect(ner("Anna lives in Berlin.")).resolves.toBeInstanceOf(Array);
    await ner.dispose();
    expect(labelsIn(output)).toContain("B-PER");
    expect(labelsIn(output)).not.toContain("good");
  });

  test.skipIf(python === undefined)("and loads in Python with the same labels (needs NERIUM_PYTHON)", () => {
    const program = [
      "import io, json, logging, sys",
      "from transformers import AutoModelForTokenClassification",
      "from transformers.utils import logging as hf",
      "log = io.StringIO()",
      "hf.set_verbosity_warning(); hf.disable_default_handler(); hf.add_handler(logging.StreamHandler(log))",
      "for folder in sys.argv[1:]:",
      "    model, info = AutoModelForTokenClassification.from_pretrained(folder, output_loading_info=True)",
      "    labels = list(model.config.id2label.values())",
      "    keys = [*info['missing_keys'], *info['unexpected_keys']]",
      "    print(json.dumps([labels, model.classifier.out_features, model.config.problem_type, keys, log.getvalue()]))",
    ].join("\n");
    const printed = execFileSync(python!, ["-c", program, ...outputs], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const found = printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(outputs).not.toEqual([]);
    expect(found).toEqual(outputs.map((folder) => [labelsIn(folder), labelsIn(folder).length, null, [], ""]));
  });
});
