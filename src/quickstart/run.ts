import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isNeriumError } from "../errors.js";
import { isTaken, lockFolder, recoverInside } from "../files/index.js";
import { type Analysis, load } from "../infer/index.js";
import { parseConfig } from "../models/index.js";
import { driveRun } from "../run/driveRun.js";
import type { TrainEvent, TrainListener, TrainResult, TrainRun } from "../run/index.js";
import { writeSafetensors } from "../safetensors/index.js";
import { trainingEvents } from "../train/index.js";
import { quickstartOutputExists } from "./errors.js";
import { writeQuickstartFiles } from "./files.js";
import { randomEncoder } from "./weights.js";

export interface QuickstartOptions {
  /** Folder for the corpus, the encoder and the model. Created if it does not exist. */
  readonly output: string;
  /** Determines the corpus, the encoder's initial weights and the training. Defaults to 42. */
  readonly seed?: number;
  /** Defaults to the number of cores of the machine. */
  readonly threads?: number;
  readonly overwriteOutputDir?: boolean;
  /** The `model_type` of the encoder. Defaults to `bert`. */
  readonly family?: string;
  readonly listeners?: readonly TrainListener[];
  readonly signal?: AbortSignal;
}

export interface QuickstartResult extends TrainResult {
  /**
   * A sentence that is not in the corpus, and the entities that the model finds in it. `undefined` if the run
   * was stopped, because a model that is half trained finds anything.
   */
  readonly example: Analysis | undefined;
}

const EXAMPLE = "Victoria Ashford met engineers of Nexora in Thornville before the Lisbon Film Festival.";

/**
 * Runs all steps on a generated corpus: writes corpus and encoder, trains, evaluates, writes the model folder
 * and its card, and finds the entities of one sentence. Needs no data, no model and no network. The events
 * are those of the training; `closed` follows after all steps.
 */
export function quickstart(options: QuickstartOptions): TrainRun<QuickstartResult> {
  const { output, overwriteOutputDir = false, listeners, signal } = options;
  return driveRun(
    async function* (stopped) {
      await isTaken(output, "folder");
      const lock = await lockFolder(output);
      try {
        await recoverInside(output);
        if (!overwriteOutputDir) await refuseModel(join(output, "model"));
        return yield* steps(options, stopped);
      } finally {
        await lock.release();
      }
    },
    listeners,
    signal,
  );
}

/** Before anything is written. */
async function refuseModel(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length > 0) throw quickstartOutputExists(folder);
}

async function* steps(
  { output, seed = 42, threads, overwriteOutputDir = false, family }: QuickstartOptions,
  stopped: AbortSignal,
): AsyncGenerator<TrainEvent, QuickstartResult> {
  const { encoder, train, validation, test, config } = await writeQuickstartFiles(
    output,
    seed,
    overwriteOutputDir,
    family,
  ).catch((error: unknown) => {
    if (isNeriumError(error) && error.code === "FILES_FOLDER_NOT_EMPTY") throw quickstartOutputExists(output);
    throw error;
  });
  const weights = randomEncoder(parseConfig(JSON.parse(config), join(encoder, "config.json")), seed);
  await writeSafetensors(join(encoder, "model.safetensors"), weights);
  const recipe = {
    model: encoder,
    train,
    validation,
    test,
    output: join(output, "model"),
    overwriteOutputDir,
    learningRate: 2e-3,
    perDeviceTrainBatchSize: 32,
    perDeviceEvalBatchSize: 16,
    numTrainEpochs: 4,
    warmupSteps: 0.1,
    loggingSteps: 100,
    seed,
    ...(threads === undefined ? {} : { threads }),
  };
  const result = yield* startedAnew(trainingEvents(recipe, stopped), recipe.output);
  if (result.reason === "stopped") return { ...result, example: undefined };
  const ner = await load(result.folder, threads === undefined ? {} : { threads });
  const example = await ner.analyze(EXAMPLE);
  await ner.dispose();
  return { ...result, example };
}

/** The events of a training run, whose output folder must be new: a quickstart cannot be resumed. */
async function* startedAnew(
  events: AsyncGenerator<TrainEvent, TrainResult>,
  folder: string,
): AsyncGenerator<TrainEvent, TrainResult> {
  try {
    return yield* events;
  } catch (error) {
    if (isNeriumError(error) && error.code === "TRAIN_OUTPUT_EXISTS") throw quickstartOutputExists(folder);
    throw error;
  }
}
