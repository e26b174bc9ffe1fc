import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { CURVES, SCORES, TRAINER_STATE } from "../../card/index.js";
import { CRF_FILE } from "../../crf/index.js";
import { attempt, outputNotOurs } from "../../files/index.js";
import { TRAINING_ARGS } from "../../recipe/index.js";
import { foreignCheckpoints } from "../checkpoint/find.js";

/** The model card. */
export const CARD = "README.md";

/** Every file that a run may write into its output folder, besides its checkpoints. */
export const RUN_FILES: readonly string[] = [
  ...["config.json", "model.safetensors", CRF_FILE],
  ...["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"],
  ...["vocab.txt", "vocab.json", "merges.txt"],
  ...["all_results.json", "train_results.json", "eval_results.json", "predict_results.json"],
  ...["predictions.txt", TRAINER_STATE, TRAINING_ARGS, CARD, CURVES, SCORES],
];

/**
 * Checks an output folder that is not empty, before hours of training: throws if a file, a folder or a link of
 * the user has the place of something that the run may write. An edited model card is checked elsewhere.
 *
 * @param own names of the files that earlier runs have recorded as theirs
 * @throws NeriumError FILES_NOT_OURS
 */
export async function refuseForeign(output: string, own: readonly string[]): Promise<void> {
  for (const name of RUN_FILES) {
    const path = join(output, name);
    const found = await attempt(path, "access", () =>
      lstat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    );
    if (found !== undefined && !(found.isFile() && (name === CARD || own.includes(name))))
      throw outputNotOurs(path);
  }
  const [checkpoint] = await foreignCheckpoints(output);
  if (checkpoint !== undefined) throw outputNotOurs(checkpoint);
}
