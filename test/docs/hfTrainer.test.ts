/** The page of differences from HF Trainer says what the recipe's code does. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { foreignArgument } from "../../src/recipe/hfArguments.js";
import { parseRecipe, recipeFields } from "../../src/recipe/index.js";
import { SCHEDULE_TYPES } from "../../src/recipe/schedule.js";
import { camelCase } from "../../src/recipe/spelling.js";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/hf-trainer.md"), "utf8");
const trainer = JSON.parse(
  readFileSync(join(root, "test/recipe/goldens/hf_arguments.json"), "utf8"),
) as Record<string, unknown>;

/** Arguments of run_ner.py besides Trainer's. */
const RUN_NER = [
  "config_name model_revision token trust_remote_code dataset_name dataset_config_name ignore_mismatched_sizes",
  "task_name cache_dir overwrite_cache preprocessing_num_workers pad_to_max_length return_entity_level_metrics",
  "max_train_samples max_eval_samples max_predict_samples label_all_tokens max_seq_length",
  "model_name_or_path tokenizer_name train_file validation_file test_file output_dir text_column_name label_column_name",
].flatMap((names) => names.split(" "));
const theirs = new Set([...Object.keys(trainer), ...RUN_NER]);
const spelled = recipeFields.map(({ name, aliases }) => [name, ...aliases]);

function section(title: string): string {
  const [, text] = page.split(`\n## ${title}\n`);
  if (text === undefined) throw new Error(`docs/hf-trainer.md has no section ${title}`);
  return text.split("\n## ")[0]!;
}
const rows = (title: string) =>
  [...section(title).matchAll(/^\| (.+) \|$/gm)].slice(2).map(([, row]) => row!.split(" | "));
const names = (text: string) => [...text.matchAll(/`([a-z_0-9]+)`/g)].map(([, name]) => name!);
const sorted = (list: Iterable<string>) => [...list].sort();

describe("docs/hf-trainer.md", () => {
  it.each([
    ["Arguments that are refused", "refused"],
    ["Arguments without effect", "none"],
  ])("lists under %s all of them and no other", (title, effect) => {
    const inCode = [...theirs].filter((name) => foreignArgument(camelCase(name))?.effect === effect);
    const fields = new Set(spelled.flat());
    const listed = rows(title).flatMap(([first]) => names(first!));
    expect(sorted(listed)).toEqual(sorted(inCode.filter((name) => !fields.has(name))));
  });

  it("lists the fields that Trainer and run_ner.py do not have", () => {
    const own = spelled.filter((spellings) => !spellings.some((name) => theirs.has(name)));
    const listed = new Set(names(section("Fields that Trainer does not have")));
    expect(sorted(listed)).toEqual(sorted(own.map(([name]) => name!)));
  });

  it("lists every default that is not Trainer's", () => {
    const differing = recipeFields.filter(({ name, default: standard }) => {
      if (!(name in trainer) || name === "output_dir") return false;
      const none = name === "lr_scheduler_kwargs" ? {} : null;
      return JSON.stringify(standard ?? null) !== JSON.stringify(trainer[name] ?? none);
    });
    expect(rows("Defaults").map(([field]) => names(field!)[0])).toEqual(differing.map(({ name }) => name));
    for (const [field, hf] of rows("Defaults"))
      expect(hf).toBe(trainer[names(field!)[0]!] === null ? "none" : `\`${trainer[names(field!)[0]!]}\``);
  });

  it("says what these defaults are", () => {
    const needed = { model: "base", train: "train.txt", output: "out" };
    const bare = parseRecipe(needed).recipe;
    const evaluated = parseRecipe({ ...needed, validation: "valid.txt" }).recipe;
    const bySteps = parseRecipe({
      ...needed,
      validation: "valid.txt",
      eval_strategy: "steps",
      eval_steps: 30,
    }).recipe;
    expect(bare).toMatchObject({
      evalStrategy: "no",
      saveStrategy: "steps",
      saveSteps: 500,
      saveTotalLimit: 1,
    });
    expect(evaluated).toMatchObject({ evalStrategy: "epoch", saveStrategy: "epoch", saveTotalLimit: 1 });
    expect(bySteps).toMatchObject({ saveStrategy: "steps", saveSteps: 30 });
    expect(parseRecipe({ ...needed, save_total_limit: 0 }).recipe.saveTotalLimit).toBeUndefined();
  });

  it("lists the schedules, and the fields that do not take a share of the run", () => {
    const [steps, schedules] = rows("Not yet");
    expect(names(schedules![2]!)).toEqual(SCHEDULE_TYPES);
    for (const name of names(steps![0]!))
      expect(() =>
        parseRecipe({ model: "a", train: "b", validation: "v", output: "c", [name]: 0.1 }),
      ).toThrow(/must be a whole number/);
  });
});
