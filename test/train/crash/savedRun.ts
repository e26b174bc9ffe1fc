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

/** A trainer of a tiny model after one update, whose checkpoints can be written as often as a test likes. */
export interface SavedRun {
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  readonly ending: Ending;
  /** What a checkpoint of this step holds. */
  content(step: number): CheckpointContent;
  /** What writes checkpoints into an output folder that holds some already; one is kept. */
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

/** Saves as a run does, to the end; gives what the save has to say, and throws what it throws. */
export async function save(saver: Saver, content: CheckpointContent): ReturnType<Saver["settled"]> {
  saver.begin(content, "checkpoint", undefined);
  return await saver.settled();
}

/** Events of a run that was finished, for its card. */
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

/** Names of what is being written, replaced or removed, below a folder. */
export const debris = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(new|old|gone)-\d+-[0-9a-f]{8}/.test(name),
  );

/** Node's file system without its fsync, for tests that write the same thing over and over. */
export const unsyncedFs: FsPort = {
  ...nodeFs,
  async open(...opened): Promise<OpenFile> {
    return Object.assign(await nodeFs.open(...opened), { sync: async () => {} });
  },
};
