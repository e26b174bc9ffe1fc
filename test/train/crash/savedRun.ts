import { readdirSync } from "node:fs";
import { type FsPort, nodeFs, type OpenFile } from "../../../src/files/index.js";
import { parseRecipe, type Recipe } from "../../../src/recipe/index.js";
import type { RecordedEvent } from "../../../src/run/index.js";
import type { CheckpointFolder } from "../../../src/train/checkpoint/find.js";
import { Saver } from "../../../src/train/checkpoint/saver.js";
import { stateText } from "../../../src/train/checkpoint/state.js";
import type { CheckpointContent } from "../../../src/train/checkpoint/write.js";
import type { Ending } from "../../../src/train/finish/finish.js";
import { runState } from "../../../src/train/loop/runHistory.js";
import { type Prepared, prepare } from "../../../src/train/prepare/prepare.js";
import { StepEngine } from "../../../src/train/step/stepEngine.js";
import type { tinyModel } from "../tinyModel.js";

/** A tiny model after one update, whose checkpoints a test can write as often as needed. */
export interface SavedRun {
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  readonly ending: Ending;
  /** The content of a checkpoint of this step. */
  content(step: number): CheckpointContent;
  /** Creates a saver for an output folder with the checkpoints in `kept`. It keeps one checkpoint. */
  saver(output: string, fs: FsPort, kept?: readonly CheckpointFolder[]): Saver;
  dispose(): Promise<void>;
}

export async function savedRun(tiny: Awaited<ReturnType<typeof tinyModel>>): Promise<SavedRun> {
  const { recipe } = parseRecipe(tiny.recipe({ saveTotalLimit: 1, emaDecay: 0.9 }));
  const prepared = await prepare(recipe);
  const trainer = await StepEngine.create(recipe, prepared, 1);
  const { gradNorm } = await trainer.gradient([...prepared.train.windows].slice(0, 8), 1);
  await trainer.update(1, 1e-3, gradNorm);
  const metrics = { loss: 1, precision: 0.5, recall: 0.5, f1: 0.5, accuracy: 0.9 };
  const result = {
    reason: "finished",
    metrics,
    testMetrics: undefined,
    steps: 4,
    tokens: 400,
    seconds: 1,
    fingerprint: { model: "", tokenizer: "", train: "", validation: null, test: null },
  } as const;

  function content(step: number): CheckpointContent {
    const progress = {
      step,
      epoch: step / 6,
      seconds: 1,
      totals: { count: step, loss: step, tokens: 100 * step },
      sinceLog: { loss: 0, steps: 0 },
      skipped: { total: 0, inARow: 0 },
      evaluatedAt: -1,
      savedAt: step,
      judgement: { best: undefined, lastMetrics: metrics, lastOfAverage: false, withoutImprovement: 0 },
      history: [],
    };
    const hash = "0".repeat(64);
    const fingerprint = { model: hash, tokenizer: hash, train: hash, validation: null, test: null };
    const average = trainer.average!.state;
    const state = runState({ recipe, prepared, average, progress, fingerprint, forced: [], threads: 1 });
    return { step, snapshot: trainer.snapshot(), state: stateText(state), trainerState: "{}\n" };
  }

  return {
    recipe,
    prepared,
    ending: { predicted: [["O"]], result, forced: [] },
    content,
    saver: (output, fs, kept = []) =>
      new Saver({ ...recipe, output }, prepared, { kept, obsolete: [], check: async () => {} }, fs),
    dispose: () => trainer.dispose(),
  };
}

/**
 * Saves a checkpoint as a run does and waits for the end. Returns the events of the save, and throws its
 * error.
 */
export async function save(saver: Saver, content: CheckpointContent): ReturnType<Saver["settled"]> {
  saver.begin(content, "checkpoint", undefined);
  return await saver.settled();
}

/** The events of a finished run, for its card. */
export function finishedEvents(run: SavedRun, recipe: Recipe): RecordedEvent[] {
  const start = {
    type: "start",
    recipe,
    labels: run.prepared.labels,
    trainSentences: 96,
    validationSentences: 40,
    testSentences: 0,
    stepsPerEpoch: 6,
    epochs: 2,
    batchSize: { windows: 16 },
    totalSteps: 12,
    resumedAt: 0,
    parameters: 1,
    vocabulary: { used: 1, total: 1 },
    threads: 1,
  } as const;
  const end = {
    type: "end",
    reason: "finished",
    step: 4,
    epoch: 1,
    seconds: 1,
    folder: recipe.output,
  } as const;
  return [start, end];
}

/** The names of all temporary files and folders below a folder. */
export const debris = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(new|old|gone)-\d+-[0-9a-f]{8}/.test(name),
  );

/** Node's file system without fsync, for tests that write the same data many times. */
export const unsyncedFs: FsPort = {
  ...nodeFs,
  async open(...opened): Promise<OpenFile> {
    return Object.assign(await nodeFs.open(...opened), { sync: async () => {} });
  },
};
