import { join } from "node:path";
import { z } from "zod";
import {
  baseModelName,
  type CardSettings,
  cardFacts,
  cardPictures,
  type DocumentReading,
  modelCard,
  resultFiles,
  TRAINER_STATE,
  type TrainerStateSettings,
  trainerState,
} from "../../card/index.js";
import {
  attempt,
  type FsPort,
  nodeFs,
  readWholeText,
  sha256,
  writeFileAtomically,
  writeJson,
} from "../../files/index.js";
import { elements, type ModelConfig, type WeightsMoment } from "../../models/index.js";
import { caseProbabilities } from "../../recipe/caseProbabilities.js";
import { type Recipe, TRAINING_ARGS } from "../../recipe/index.js";
import { withPresentNames } from "../../recipe/spelling.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { RecordedEvent, RunEvaluation } from "../../run/index.js";
import { versions } from "../../versions.js";
import { type ForcedChange, fingerprintSchema } from "../checkpoint/state.js";
import { cardEdited } from "../errors.js";
import type { Prepared } from "../prepare/prepare.js";
import { cardData } from "./cardData.js";
import { writeModel } from "./modelFolder.js";
import { CARD, RUN_FILES } from "./ownFiles.js";

/** The contents of `training_args.json`. */
interface Written {
  readonly recipe: Recipe;
  readonly cardSha256: string | undefined;
  /** Names of the files that runs have written here, or were about to write when they ended. */
  readonly files: readonly string[];
  /** How the run ended. */
  readonly result: Omit<TrainResult, "folder"> | undefined;
  /** True if no result was written yet, not even one that cannot be read. */
  readonly unfinished: boolean;
}

/** The fields of a result that other code reads. A result without them counts as missing. */
const resultSchema = z.looseObject({
  reason: z.string(),
  steps: z.number(),
  tokens: z.number(),
  seconds: z.number(),
  fingerprint: fingerprintSchema,
});

/** What is written at the end of a run, besides its recipe and events. */
export interface Ending {
  /** The model's predictions on the test set. */
  readonly predicted: RunEvaluation["predicted"] | undefined;
  readonly result: Omit<TrainResult, "folder">;
  readonly forced: readonly ForcedChange[];
  /** The weights to write. Defaults to the present weights. */
  readonly moment?: WeightsMoment | undefined;
}

/** The text of HF Trainer's `trainer_state.json`. */
export const trainerStateText = (
  recipe: Recipe,
  prepared: Prepared,
  events: readonly RecordedEvent[],
): string => trainerState(stateSettings(recipe, prepared), events);

/**
 * Writes the output of a finished run: the model, `trainer_state.json`, the results files, `predictions.txt`
 * for a test set (one line per sentence, as in run_ner.py), the model card, and finally `training_args.json`,
 * which marks the run as finished. If the process is interrupted anywhere, all of this can be written again.
 *
 * @throws NeriumError TRAIN_WEIGHTS_NOT_FINITE, `FILES_…`
 */
export async function writeFinishedRun(
  recipe: Recipe,
  prepared: Prepared,
  events: readonly RecordedEvent[],
  { predicted, result, forced, moment }: Ending,
  fs: FsPort = nodeFs,
): Promise<void> {
  const folder = recipe.output;
  const facts = cardFacts(cardSettings(recipe, prepared), events, {
    metricForBestModel: recipe.metricForBestModel,
    greaterIsBetter: recipe.greaterIsBetter,
    loadBestModelAtEnd: recipe.loadBestModelAtEnd,
    detailed: true,
  });
  const card = modelCard(facts);
  await attempt(folder, "create", () => fs.makeFolder(folder));
  await beginRecord(recipe, fs);
  await writeModel(folder, prepared, { fs, ...(moment && { moment }) });
  const texts: Record<string, string> = {
    [TRAINER_STATE]: trainerStateText(recipe, prepared, events),
    ...resultFiles(stateSettings(recipe, prepared), events),
    ...cardPictures(facts),
    ...(predicted && {
      "predictions.txt": predicted.map((one) => `${prepared.task.predictionLine(one)}\n`).join(""),
    }),
  };
  for (const [name, text] of Object.entries(texts)) await writeFileAtomically(join(folder, name), text, fs);
  const written = {
    ...recipe,
    nerium: versions().nerium,
    cardSha256: sha256(card),
    files: await presentFiles(folder, fs),
    ...(forced.length === 0 ? {} : { forced }),
  };
  // The record identifies Nerium's own card by its hash. So the old card is removed first, and the record is
  // written before the new one: at no moment is there a card of Nerium that the record does not know.
  await attempt(join(folder, CARD), "replace", () => fs.remove(join(folder, CARD)));
  await writeJson(join(folder, TRAINING_ARGS), written, fs);
  await writeFileAtomically(join(folder, CARD), card, fs);
  await writeJson(join(folder, TRAINING_ARGS), { ...written, result }, fs);
}

/** Reads `training_args.json` of a folder. Returns `undefined` if it is missing or cannot be read. */
export async function readTrainingArgs(folder: string): Promise<Written | undefined> {
  try {
    const text = await readWholeText(join(folder, TRAINING_ARGS));
    const { nerium, cardSha256, files, result, forced, ...recipe } = JSON.parse(text) as Record<
      string,
      unknown
    >;
    const known = resultSchema.safeParse(result).success;
    return {
      recipe: withPresentNames(recipe),
      cardSha256,
      files: typeof nerium === "string" ? filesIn(files) : [],
      result: known ? result : undefined,
      unfinished: result === undefined,
    } as unknown as Written;
  } catch {
    return undefined;
  }
}

/** The files in a record. Records of earlier versions have no list: then the folder's files count as theirs. */
function filesIn(recorded: unknown): readonly string[] {
  const known = z.array(z.string()).safeParse(recorded);
  return known.success ? known.data : RUN_FILES;
}

/**
 * Writes `training_args.json` without a result before anything else, so that a run that is killed from here
 * on is known by it, and may replace its files.
 */
async function beginRecord(recipe: Recipe, fs: FsPort): Promise<void> {
  const path = join(recipe.output, TRAINING_ARGS);
  const isRecorded = (await readTrainingArgs(recipe.output)) !== undefined;
  const before = isRecorded
    ? (JSON.parse(await readWholeText(path)) as Record<string, unknown>)
    : { ...recipe, nerium: versions().nerium };
  const { result, ...written } = before as Record<string, unknown>;
  await writeJson(path, { ...written, files: RUN_FILES }, fs);
}

/** The files of runs in a folder where all of them are. */
async function presentFiles(folder: string, fs: FsPort): Promise<string[]> {
  const kinds = await attempt(folder, "access", () =>
    Promise.all(RUN_FILES.map((name) => fs.kind(join(folder, name)))),
  );
  return RUN_FILES.filter((name, index) => kinds[index] !== undefined || name === CARD);
}

/**
 * Removes the result from `training_args.json`, because another run is about to change the folder. The hash
 * of the card stays, so that the card can still be overwritten.
 */
export async function withdrawResult(folder: string, fs: FsPort): Promise<void> {
  const path = join(folder, TRAINING_ARGS);
  const text = await readWholeText(path).catch(() => undefined);
  if (text === undefined || (await readTrainingArgs(folder))?.result === undefined) return;
  const { result, ...written } = JSON.parse(text) as Record<string, unknown>;
  await writeJson(path, written, fs);
}

/**
 * Throws if the model card in the output folder was not written by Nerium or was edited since, unless the
 * recipe sets `force`.
 */
export async function checkCard({ output, force }: Recipe): Promise<void> {
  const card = await readWholeText(join(output, CARD)).catch(() => undefined);
  if (card === undefined || force) return;
  const written = await readTrainingArgs(output);
  if (written?.cardSha256 !== sha256(card)) throw cardEdited(join(output, CARD));
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
      .filter(({ role }) => role !== "table")
      .reduce((total, { shape }) => total + elements(shape), 0),
  };
}

function cardSettings(recipe: Recipe, prepared: Prepared): CardSettings {
  const { config, sources, batchSize, task } = prepared;
  const { card, cardStyle } = recipe;
  return {
    task,
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
      model: sources.modelName ?? recipe.model,
      modelIsFolder: sources.modelName === undefined,
      nameOrPath: config._name_or_path as string | undefined,
    }),
    dataset: card.dataset ?? sources.dataset?.name,
    datasetArgs: card.datasetArgs ?? sources.dataset?.config,
    texts: { description: card.description, uses: card.uses, data: card.data },
    style: cardStyle,
    ...(cardStyle === "full" && { data: cardData(prepared) }),
    hyperparameters: {
      learningRate: recipe.learningRate,
      headLearningRate: recipe.headLearningRate,
      layerwiseLrDecay: recipe.layerwiseLrDecay,
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
      ...("tokens" in batchSize ? { trainBatchTokens: batchSize.tokens } : {}),
      ...(config.nerium?.context === "document" ? { documents: documentReading(recipe, config.nerium) } : {}),
      crfLearningRate: recipe.crf ? recipe.crfLearningRate : undefined,
      distillation: recipe.teachers && { teachers: recipe.teachers.length, alpha: recipe.distillationAlpha },
      emaDecay: recipe.emaDecay,
      caseAugmentation: caseProbabilities(recipe.caseAugmentation),
      decoding: recipe.decoding === "viterbi" && !recipe.crf ? recipe.decoding : undefined,
      computation: computation(recipe),
    },
    versions: versions(),
  };
}

/** What the recipe says about how to compute, without what is the default. */
const computation = ({ trainSamplingStrategy, engine, device, bf16, bf16FullEval, tf32 }: Recipe) => ({
  ...(trainSamplingStrategy !== "random" && { train_sampling_strategy: trainSamplingStrategy }),
  ...(engine !== "auto" && { engine }),
  ...(device !== "cpu" && { device }),
  ...(bf16 && { bf16 }),
  ...(bf16FullEval && { bf16_full_eval: bf16FullEval }),
  ...(tf32 && { tf32 }),
});

const documentReading = (
  { contextLengths }: Recipe,
  { context_eval_tokens, context_separator }: NonNullable<ModelConfig["nerium"]>,
): DocumentReading => ({
  contextLengths: contextLengths!,
  contextEvalTokens: context_eval_tokens!,
  contextSeparator: context_separator,
});
