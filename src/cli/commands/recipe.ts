import { kebabFlags, newCommand, withExamples } from "../command.js";
import { type Io, writeText } from "../io.js";

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium recipe", io)
    .description(
      "Reads the hyperparameters in a Hugging Face model card, as Trainer writes it, and prints the recipe that trains such a model. What the card says and a recipe can't is named in comments.",
    )
    .argument("<CARD>", "a model card: README.md, or the folder it stands in")
    .action(async (card: string) => {
      const { recipeOfCard } = await import("../../recipe/fromCard.js");
      await writeText(io.stdout, await recipeOfCard(card));
    });
  withExamples(
    command,
    "nerium recipe README.md > recipe.yaml",
    "nerium recipe README.md > recipe.yaml && nerium train recipe.yaml",
  );
  await command.parseAsync(kebabFlags(args), { from: "user" });
}
