import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { foldsOf, writeSentences } from "../../data/index.js";
import { labelProbabilities, openModel } from "../../infer/index.js";
import { Owned } from "../../owned.js";
import type { RawRecipe } from "../../recipe/index.js";
import { openSafetensors, writeSafetensors } from "../../safetensors/index.js";
import type { Dataset, Sentence } from "../../text/index.js";
import { predictionsDamaged } from "../errors.js";
import { inGroups } from "../inGroups.js";
import { aboutData } from "../partMessages.js";
import { partRecipe } from "../partRecipe.js";
import { type ImproveEdge, trained } from "../runs.js";

/** What is cross-validated. */
export interface CrossValidation {
  readonly data: Dataset;
  readonly labels: readonly string[];
  readonly folds: number;
  /** Decides which documents are in which fold. */
  readonly seed: number;
  /** How to train. Its data, output and evaluations are set for each fold. */
  readonly recipe: RawRecipe;
  readonly threads: number | undefined;
  /** Folder for the models and predictions of the folds. */
  readonly folder: string;
}

/**
 * Predicts the labels of each sentence with a model that was trained on the other folds. Returns the probability of every label
 * at every word, `[words, labels]` for each sentence; NaN for words without tokens.
 *
 * What is done stays in the folder: if the process is killed, the next call continues. The model of a fold is removed once its
 * predictions are written.
 *
 * @throws NeriumError DATA_SPLIT_TOO_SMALL, IMPROVE_STOPPED, IMPROVE_PREDICTIONS_DAMAGED, and the errors of training
 */
export async function crossValidated(
  { data, labels, folds, seed, recipe, threads, folder }: CrossValidation,
  edge: ImproveEdge,
): Promise<readonly Float32Array[]> {
  const foldOf = foldsOf(data, folds, seed);
  const probabilities: Float32Array[] = new Array(data.sentences.length);
  for (let fold = 0; fold < folds; fold++) {
    const held = [...foldOf.keys()].filter((sentence) => foldOf[sentence] === fold);
    const name = `fold-${fold + 1}`;
    const file = join(folder, `${name}.safetensors`);
    const sentences = held.map((sentence) => data.sentences[sentence]!);
    if (!existsSync(file)) {
      const train = join(folder, `${name}.train.jsonl`);
      const others = data.sentences.filter((_, sentence) => foldOf[sentence] !== fold);
      await writeSentences(train, others);
      const output = join(folder, name);
      const own = partRecipe({ recipe, labels, scheme: data.scheme }, { train, output });
      const parts = [{ file: train, sentences: others }];
      await trained(`fold ${fold + 1} of ${folds}`, own, edge, folder, {
        heard: (listener) => aboutData(data, parts, listener),
      });
      await writeSafetensors(
        file,
        [
          {
            name: "probabilities",
            shape: [wordsIn(sentences), labels.length],
            data: await predicted(output, sentences, threads, edge.signal),
          },
        ],
        { format: "pt" },
      );
    }
    // Also after a kill between these steps.
    await rm(join(folder, name), { recursive: true, force: true });
    await rm(join(folder, `${name}.train.jsonl`), { force: true });
    const rows = await read(file, wordsIn(sentences), labels.length);
    let at = 0;
    for (const [index, sentence] of held.entries()) {
      const length = sentences[index]!.words.length * labels.length;
      probabilities[sentence] = rows.subarray(at, at + length);
      at += length;
    }
  }
  return probabilities;
}

const wordsIn = (sentences: readonly Sentence[]): number =>
  sentences.reduce((sum, { words }) => sum + words.length, 0);

/** The probabilities of all words, one after the other. */
const predicted = (
  folder: string,
  sentences: readonly Sentence[],
  threads: number | undefined,
  signal: AbortSignal,
): Promise<Float32Array> =>
  Owned.during(async (owned) => {
    const model = owned.own(await openModel(folder, { threads }));
    const all = new Float32Array(wordsIn(sentences) * model.labels.length);
    let at = 0;
    for (const group of inGroups(sentences))
      for (const own of await labelProbabilities(model, group, signal)) {
        all.set(own, at);
        at += own.length;
      }
    return all;
  });

const read = (file: string, words: number, labels: number): Promise<Float32Array> =>
  Owned.during(async (owned) => {
    const tensors = owned.own(await openSafetensors(file), "close");
    const shape = tensors.tensors.get("probabilities")?.shape;
    if (shape?.join() !== [words, labels].join()) throw predictionsDamaged(file);
    const values = new Float32Array(words * labels);
    await tensors.readInto("probabilities", values);
    return values;
  });
