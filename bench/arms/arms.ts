import type { RecipeInput } from "../../src/recipe/index.js";

/** A recipe that is compared with others. */
export interface Arm {
  /**
   * CoNLL-2003 with every fourth document of its training data (`quarter`) or all of them (`whole`), or
   * WNUT-17, which has no documents.
   */
  readonly data: "quarter" | "whole" | "wnut17";
  readonly recipe: Partial<RecipeInput>;
  /** The arms that this one is compared with, for each seed. */
  readonly against: readonly string[];
}

const groups: Partial<RecipeInput> = { context: "document", contextLengths: "32-160" };
const mixed: Partial<RecipeInput> = { context: "document", contextLengths: { "32-160": 0.8, sentence: 0.2 } };
const quarter = (recipe: Partial<RecipeInput>, ...against: readonly string[]): Arm => ({
  data: "quarter",
  recipe: { ...recipe, saveStrategy: "no" },
  against: against.length === 0 ? ["sentences-5e-5"] : against,
});
const whole = (recipe: Partial<RecipeInput>, ...against: readonly string[]): Arm => ({
  data: "whole",
  recipe: { ...recipe, saveTotalLimit: 1 },
  against,
});
const wnut = (recipe: Partial<RecipeInput>, ...against: readonly string[]): Arm => ({
  data: "wnut17",
  recipe: { learningRate: 5e-5, saveStrategy: "no", ...recipe },
  against: ["wnut17", ...against],
});

/** The settings that all arms share. */
export const COMMON: Partial<RecipeInput> = {
  numTrainEpochs: 3,
  lrSchedulerType: "cosine",
  perDeviceTrainBatchSize: 16,
  perDeviceEvalBatchSize: 16,
  evalStrategy: "epoch",
  saveStrategy: "epoch",
  loggingSteps: 50,
};

export const ARMS: Readonly<Record<string, Arm>> = {
  "sentences-3e-5": quarter({ learningRate: 3e-5 }),
  "sentences-5e-5": quarter({ learningRate: 5e-5 }),
  "sentences-8e-5": quarter({ learningRate: 8e-5 }),
  "groups-5e-5": quarter({ ...groups, learningRate: 5e-5 }),
  "groups-8e-5": quarter({ ...groups, learningRate: 8e-5 }),
  "groups-12e-5": quarter({ ...groups, learningRate: 1.2e-4 }),
  "groups-8e-5-no-separator": quarter(
    { ...groups, learningRate: 8e-5, contextSeparator: false },
    "groups-8e-5",
  ),
  "groups-64-256-8e-5": quarter({ context: "document", contextLengths: "64-256", learningRate: 8e-5 }),
  "mixed-5e-5": quarter({ ...mixed, learningRate: 5e-5 }),
  "mixed-8e-5": quarter({ ...mixed, learningRate: 8e-5 }),
  "sentences-3e-5-batch-8": quarter({ learningRate: 3e-5, perDeviceTrainBatchSize: 8 }),
  "groups-5e-5-batch-8": quarter(
    { ...groups, learningRate: 5e-5, perDeviceTrainBatchSize: 8 },
    "sentences-5e-5",
    "groups-8e-5",
    "sentences-3e-5-batch-8",
  ),
  "with-documents-5e-5": quarter({
    context: "document",
    contextLengths: { "32-160": 0.6, document: 0.2, sentence: 0.2 },
    learningRate: 5e-5,
  }),
  "mixed-8e-5-ema": quarter({ ...mixed, learningRate: 8e-5, emaDecay: 0.999 }, "mixed-8e-5"),
  "groups-8e-5-casing": quarter({ ...groups, learningRate: 8e-5, caseAugmentation: true }, "groups-8e-5"),
  "sentences-5e-5-crf": quarter({ learningRate: 5e-5, crf: true }),
  "groups-8e-5-crf": quarter(
    { ...groups, learningRate: 8e-5, crf: true },
    "groups-8e-5",
    "sentences-5e-5-crf",
  ),
  "mixed-8e-5-crf": quarter({ ...mixed, learningRate: 8e-5, crf: true }, "mixed-8e-5", "sentences-5e-5-crf"),
  "groups-8e-5-head": quarter({ ...groups, learningRate: 8e-5, headLearningRate: 1e-3 }, "groups-8e-5"),
  "groups-8e-5-decay": quarter({ ...groups, learningRate: 8e-5, layerwiseLrDecay: 0.95 }, "groups-8e-5"),
  "whole-sentences-5e-5": whole({ learningRate: 5e-5 }),
  "whole-sentences-5e-5-crf": whole({ learningRate: 5e-5, crf: true }, "whole-sentences-5e-5"),
  "whole-mixed-8e-5": whole({ ...mixed, learningRate: 8e-5 }, "whole-sentences-5e-5"),
  "whole-mixed-8e-5-crf": whole(
    { ...mixed, learningRate: 8e-5, crf: true },
    "whole-mixed-8e-5",
    "whole-sentences-5e-5-crf",
    "whole-parity",
  ),
  "whole-mixed-5e-5-batch-8-crf": whole(
    { ...mixed, learningRate: 5e-5, perDeviceTrainBatchSize: 8, crf: true },
    "whole-mixed-8e-5-crf",
    "whole-sentences-5e-5-crf",
    "whole-parity",
  ),
  "whole-groups-8e-5": whole({ ...groups, learningRate: 8e-5 }, "whole-sentences-5e-5"),
  "whole-groups-8e-5-crf": whole(
    { ...groups, learningRate: 8e-5, crf: true },
    "whole-groups-8e-5",
    "whole-sentences-5e-5-crf",
  ),
  "whole-parity": whole({ learningRate: 2e-5, numTrainEpochs: 5 }),
  "whole-mixed-8e-5-5-epochs": whole({ ...mixed, learningRate: 8e-5, numTrainEpochs: 5 }, "whole-parity"),
  wnut17: wnut({}),
  "wnut17-casing": wnut({ caseAugmentation: true }),
  "wnut17-crf": wnut({ crf: true }),
  "wnut17-crf-casing": wnut({ crf: true, caseAugmentation: true }, "wnut17-casing", "wnut17-crf"),
};
