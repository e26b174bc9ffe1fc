import type { CardSettings } from "../../src/card/index.js";
import type { RecordedEvent } from "../../src/run/index.js";
import { tokenClassificationFacts } from "../../src/tasks/tokenClassification/index.js";

/** The run of the reference card, typed in from its table (whose 0.9930 stands for a number of more digits). */
const ROWS = [
  // trainingLoss, epoch, step, loss, precision, recall, f1, accuracy
  [0.1227, 1, 878, 0.0431, 0.9511, 0.9559, 0.9535, 0.9914],
  [0.0295, 2, 1756, 0.0334, 0.9541, 0.9657, 0.9599, 0.99301],
  [0.0163, 3, 2634, 0.0327, 0.9616, 0.9682, 0.9649, 0.9938],
  [0.0073, 4, 3512, 0.0342, 0.9624, 0.9692, 0.9658, 0.9939],
  // In full, as the card's metadata has the last.
  [0.0042, 5, 4390, 0.0345, 0.9622389306599833, 0.9692022887916526, 0.9657080573488722, 0.9939449398387913],
] as const;

const NOTHING = { precision: 0, recall: 0, f1: 0, support: 0 };
const NO_SCORES = { micro: NOTHING, macro: NOTHING, weighted: NOTHING, types: {}, accuracy: 0 };

export const referenceEvents: RecordedEvent[] = [
  { type: "start", trainSentences: 14041, epochs: 5, totalSteps: 4390 },
  ...ROWS.flatMap(([trainingLoss, epoch, step, loss, precision, recall, f1, accuracy]): RecordedEvent[] => [
    { type: "log", step, epoch, loss: trainingLoss, gradNorm: 1, learningRate: 1e-5 },
    {
      type: "evaluation",
      split: "validation",
      step,
      epoch,
      metrics: { loss, precision, recall, f1, accuracy },
      scores: NO_SCORES,
      strict: NO_SCORES,
      scheme: "IOB2",
      seconds: 10,
      sentences: 3250,
    },
  ]),
  { type: "end", reason: "finished", step: 4390, epoch: 5, seconds: 1000 },
];

export const referenceSettings: CardSettings = {
  task: tokenClassificationFacts,
  modelName: "roberta-large_ner_conll2003",
  license: "mit",
  finetunedFrom: "roberta-large",
  dataset: "conll2003",
  datasetArgs: "conll2003",
  hyperparameters: {
    learningRate: 2e-5,
    trainBatchSize: 16,
    evalBatchSize: 16,
    seed: 42,
    adamBeta1: 0.9,
    adamBeta2: 0.999,
    adamEpsilon: 1e-8,
    lrSchedulerType: "cosine",
    numEpochs: 5,
  },
  versions: { nerium: "0.1.0", onnxruntime: "1.30.0", tokenizers: "0.23.2", node: "20.20.2" },
};
