import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseRecipe, readRecipeFile, recipeToYaml } from "../../../src/recipe/index.js";
import { mutateBytes } from "../mutate/bytes.js";
import { jsonOf, jsonText, mutateJson } from "../mutate/json.js";
import { mutateLines } from "../mutate/lines.js";
import { type Reader, requireThat } from "../reader.js";
import { fillFolder } from "./folder.js";

const NAME = "recipe.yaml";

const FULL = `# A recipe of all kinds of values
model: ./model
train: train.conll
validation: valid.conll
output: "out put"
labels: [O, B-PER, I-PER]
class_weights: { B-PER: 2.5, O: 1 }
learning_rate: 2e-5
num_train_epochs: 3
per_device_train_batch_size: 16
lr_scheduler_type: cosine
lr_scheduler_kwargs:
  num_cycles: 0.5
warmup_ratio: 0.1
eval_strategy: epoch
save_strategy: epoch
load_best_model_at_end: true
metric_for_best_model: f1
seed: 42
fp16: true
report_to: none
card:
  model_name: My model
  tags:
    - ner
    - &tag test
  language: *tag
  description: |
    Some *Markdown*
    in two lines
  license: mit
`;
const HF = `model_name_or_path: bert-base-cased
train_file: a.json
output_dir: b
evaluation_strategy: "no"
max_steps: 100
weight_decay: 0.01
`;
const TEXTS = [
  FULL,
  HF,
  readFileSync(join(import.meta.dirname, "../../../recipes/roberta-large_ner_conll2003.yaml"), "utf8"),
];
const ALL = TEXTS.map((text) => Buffer.from(text));
const JSON_SEEDS = [
  {
    model: "m",
    train: "t",
    output: "o",
    labels: ["O", "B-X"],
    class_weights: { O: 1 },
    card: { tags: ["a"] },
  },
  {
    model: "m",
    train: "t",
    validation: "v",
    output: "o",
    lr_scheduler_kwargs: { power: 2 },
    seed: 1,
    overlap: 3,
  },
].map(jsonOf);

/** `readRecipeFile` and `parseRecipe`; what passes both is written and read again. */
export const recipe: Reader = {
  name: "recipe",
  weight: 1,

  make(random) {
    let text = random.of(TEXTS);
    if (random.chance(0.3)) {
      let json = random.of(JSON_SEEDS);
      for (let edits = 1 + random.below(3); edits > 0; edits--)
        json = mutateJson(json, random.of(JSON_SEEDS), random);
      text = jsonText(json);
    } else
      for (let edits = 1 + random.below(3); edits > 0; edits--)
        text = mutateLines(text, random.of(TEXTS), random);
    const bytes = Buffer.from(text);
    return { [NAME]: random.chance(0.2) ? mutateBytes(bytes, ALL, random) : bytes };
  },

  async read(files, folder) {
    fillFolder(folder, files);
    const { recipe } = parseRecipe(await readRecipeFile(join(folder, NAME)));
    requireThat(recipe.seed >= 0 && recipe.learningRate >= 0, "numbers out of range");
    fillFolder(folder, { [NAME]: Buffer.from(recipeToYaml(recipe)) });
    const again = parseRecipe(await readRecipeFile(join(folder, NAME))).recipe;
    requireThat(isDeepStrictEqual(again, recipe), "a recipe changes when it is written and read");
  },
};
