import type { RecipeInput } from "../../src/recipe/index.js";
import { train } from "../../src/train/index.js";

/** Starts a run and stops it after this many steps. */
export async function stopAfter(input: RecipeInput, steps: number): Promise<void> {
  const training = train(input);
  for await (const event of training)
    if ((event.type === "start" && steps === 0) || (event.type === "step" && event.step === steps))
      training.stop();
  await training.result();
}
