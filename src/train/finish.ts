import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  baseModelName,
  type CardSettings,
  cardFacts,
  modelCard,
  resultFiles,
  type TrainerStateSettings,
  trainerState,
} from "../card/index.js";
import { attempt, writeFileAtomically } from "../files/index.js";
import { elements } from "../models/index.js";
import { versions } from "../versions.js";
import { cardEdited } from "./errors.js";
import type { TrainEvent } from "./events.js";
import { writeJson, writeModel } from "./modelFolder.js";
import type { Prepared } from "./prepare.js";
import type { Recipe } from "./recipe.js";

const ARGUMENTS = "training_args.json";
const CARD = "README.md";

/** Writes `trainer_state.json`, as HF Trainer leaves it, from what has happened so far. */
export function writeTrainerState(
  folder: string,
  recipe: Recipe,
  prepared: Prepared,
  events: readonly TrainEvent[],
): Promise<void> {
  return writeFileAtomically(
    join(folder, "trainer_state.json"),
    trainerState(stateSettings(recipe, prepared), events),
  );
}

/**
 * Writes what a finished run leaves: the model, `training_args.json`, `trainer_state.json`, the results files,
 * `predictions.txt` for a test set (one line a sentence, as run_ner.py), and the model card.
 */
export async function writeFinishedRun(
  recipe: Recipe,
  prepared: Prepared,
  events: readonly TrainEvent[],
  predicted: readonly (readonly string[])[] | undefined,
): Promise<void> {
  const folder = recipe.output;
  const card = modelCard(
    cardFacts(cardSettings(recipe, prepared), events, {
      metricForBestModel: recipe.metricForBestModel,
      greaterIsBetter: recipe.greaterIsBetter,
      loadBestModelAtEnd: recipe.loadBestModelAtEnd,
      scheme: prepared.validation?.data.scheme ?? prepared.train.data.scheme,
    }),
  );
  await attempt(folder, "create", () => mkdir(folder, { recursive: true }));
  await writeModel(folder, prepared);
  await writeTrainerState(folder, recipe, prepared, events);
  for (const [name, content] of Object.entries(resultFiles(stateSettings(recipe, prepared), events)))
    await writeFileAtomically(join(folder, name), content);
  if (predicted !== undefined)
    await writeFileAtomically(
      join(folder, "predictions.txt"),
      predicted.map((tags) => `${tags.join(" ")}\n`).join(""),
    );
  await writeFileAtomically(join(folder, CARD), card);
  await writeJson(join(folder, ARGUMENTS), {
    ...recipe,
    nerium: versions().nerium,
    cardSha256: sha256(card),
  });
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Refuses to overwrite a model card that somebody has worked on, unless the recipe says `force`. */
export async function checkCard(recipe: Recipe): Promise<void> {
  const read = (name: string) => readFile(join(recipe.output, name), "utf8").catch(() => undefined);
  const [card, written] = [await read(CARD), await read(ARGUMENTS)];
  if (card === undefined || recipe.force) return;
  let known: unknown;
  try {
    known = (JSON.parse(written ?? "{}") as { cardSha256?: unknown }).cardSha256;
  } catch {
    known = undefined;
  }
  if (known !== sha256(card)) throw cardEdited(join(recipe.output, CARD));
}

function stateSettings(recipe: Recipe, { weights }: Prepared): TrainerStateSettings {
  return {
    trainBatchSize: recipe.perDeviceTrainBatchSize,
    evalBatchSize: recipe.perDeviceEvalBatchSize,
    loggingSteps: recipe.loggingSteps,
    evalSteps: recipe.evalSteps,
    saveSteps: recipe.saveSteps,
    metricForBestModel: recipe.metricForBestModel,
    greaterIsBetter: recipe.greaterIsBetter,
    loadBestModelAtEnd: recipe.loadBestModelAtEnd,
    parametersWithoutEmbeddings: weights.layout.parameters
      .filter(({ name }) => !name.includes("_embeddings"))
      .reduce((total, { shape }) => total + elements(shape), 0),
  };
}

function cardSettings(recipe: Recipe, { config }: Prepared): CardSettings {
  const { card } = recipe;
  return {
    modelName:
      card.modelName ??
      (recipe.output
        .replace(/[/\\]+$/, "")
        .split(/[/\\]/)
        .at(-1) ||
        "model"),
    license: card.license,
    language: card.language,
    tags: card.tags,
    finetunedFrom: baseModelName({
      finetunedFrom: card.finetunedFrom,
      model: recipe.model,
      modelIsFolder: true,
      nameOrPath: config._name_or_path as string | undefined,
    }),
    dataset: card.dataset,
    datasetArgs: card.datasetArgs,
    texts: { description: card.description, uses: card.uses, data: card.data },
    hyperparameters: {
      learningRate: recipe.learningRate,
      trainBatchSize: recipe.perDeviceTrainBatchSize,
      evalBatchSize: recipe.perDeviceEvalBatchSize,
      seed: recipe.seed,
      gradientAccumulationSteps: recipe.gradientAccumulationSteps,
      adamBeta1: recipe.adamBeta1,
      adamBeta2: recipe.adamBeta2,
      adamEpsilon: recipe.adamEpsilon,
      lrSchedulerType: recipe.lrSchedulerType,
      warmupSteps: recipe.warmupSteps,
      numEpochs: recipe.numTrainEpochs,
      maxSteps: recipe.maxSteps,
      labelSmoothingFactor: recipe.labelSmoothingFactor,
    },
    versions: versions(),
  };
}
