import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { recipeOfCard } from "../../src/recipe/fromCard.js";
import { parseRecipe, recordedRecipe } from "../../src/recipe/index.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-recorded-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const given = {
  model: "bert-base-cased",
  train: "train.conll",
  validation: "valid.conll",
  output: "my-model",
  max_seq_length: 128,
  load_best_model_at_end: true,
  metric_for_best_model: "f1",
  early_stopping_patience: 3,
  save_total_limit: 0,
  label_map: { GPE: "LOC" },
  crf: true,
  card: { license: "mit", language: ["en"] },
};
const { recipe } = parseRecipe(given);
const finished = { ...recipe, nerium: "0.1.0", cardSha256: "x", result: { reason: "finished" } };

let folders = 0;
function folder(files: Readonly<Record<string, unknown>>): string {
  const path = join(scratch, `run-${folders++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return path;
}
const checkpoint = (changes: object) => ({ recipe: { ...recipe, ...changes }, progress: {} });

describe("the recipe of a run", () => {
  it("is what its folder records, without what follows from the rest", async () => {
    const recorded = await recordedRecipe(folder({ "training_args.json": finished }));
    const { card: _, ...rest } = recorded!;
    expect(rest).toEqual(Object.fromEntries(Object.entries(given).filter(([name]) => name !== "card")));
    const again = parseRecipe(recorded);
    expect(again.recipe).toEqual(recipe);
    expect(again.warnings).toEqual([]);
  });

  it("is that of the newest checkpoint that can be read, if the run has not finished", async () => {
    const unfinished = folder({
      "checkpoint-8/run_state.json": checkpoint({ seed: 8 }),
      "checkpoint-12/run_state.json": checkpoint({ seed: 12 }),
      "checkpoint-16/run_state.json": "{ half of it",
    });
    expect(await recordedRecipe(unfinished)).toMatchObject({ model: "bert-base-cased", seed: 12 });
    const both = folder({
      "training_args.json": finished,
      "checkpoint-8/run_state.json": checkpoint({ seed: 8 }),
    });
    expect(await recordedRecipe(both)).not.toHaveProperty("seed");
  });

  it("is printed for a folder, without what allowed one run to replace files", async () => {
    const forced = { ...finished, force: true, overwriteOutputDir: true };
    const text = await recipeOfCard(folder({ "training_args.json": forced, "README.md": "# no card" }));
    expect(text).toContain("# Not used: overwrite_output_dir");
    expect(parseRecipe(parse(text)).recipe).toEqual(recipe);
  });

  it("is unknown for a folder without a run", async () => {
    expect(await recordedRecipe(folder({}))).toBeUndefined();
    expect(await recordedRecipe(join(scratch, "nowhere"))).toBeUndefined();
    expect(await recordedRecipe(folder({ "training_args.json": { seed: 1 } }))).toBeUndefined();
  });
});
