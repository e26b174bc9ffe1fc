import type { Command } from "commander";
import { kebabFlags, newCommand } from "../command.js";
import { type Io, writeText } from "../io.js";

export const define = (io: Io): Command =>
  newCommand("nerium recipe", io, {
    examples: [
      "nerium recipe my-model > recipe.yaml",
      "nerium recipe README.md > recipe.yaml && nerium train recipe.yaml",
    ],
  })
    .description(
      "Print the recipe of a model that Nerium trained, or a recipe with the hyperparameters of a model card that Hugging Face's Trainer wrote. Hyperparameters that a recipe cannot express become comments.",
    )
    .argument("<CARD>", "Model folder, or a model card: README.md.")
    .action(async (card: string) => {
      const { recipeOfCard } = await import("../../recipe/fromCard.js");
      await writeText(io.stdout, await recipeOfCard(card));
    });

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}
