import type { Command } from "commander";
import { kebabFlags, newCommand } from "../command.js";
import { type Io, writeText } from "../io.js";

export const define = (io: Io): Command =>
  newCommand("nerium recipe", io, {
    examples: [
      "nerium recipe README.md > recipe.yaml",
      "nerium recipe README.md > recipe.yaml && nerium train recipe.yaml",
    ],
  })
    .description(
      "Read the hyperparameters from a model card that Hugging Face's Trainer wrote, and print a recipe that trains such a model. Hyperparameters that a recipe cannot express become comments.",
    )
    .argument("<CARD>", "Model card: README.md, or its folder.")
    .action(async (card: string) => {
      const { recipeOfCard } = await import("../../recipe/fromCard.js");
      await writeText(io.stdout, await recipeOfCard(card));
    });

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}
