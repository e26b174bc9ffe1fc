/**
 * Short names that people type by habit, by the field they mean. They are not accepted, only suggested: a
 * recipe should say the same to everyone who reads it.
 */
const SHORT_FORMS: Readonly<Record<string, string>> = {
  adamBeta1: "beta1",
  adamBeta2: "beta2",
  adamEpsilon: "eps epsilon",
  classWeights: "weights labelWeights",
  context: "docContext documentContext",
  dataset: "datasets hfDataset",
  earlyStoppingPatience: "patience earlyStopping",
  distillationAlpha: "alpha distillAlpha",
  emaDecay: "ema",
  evalSteps: "evalEvery evalInterval",
  gradientAccumulationSteps:
    "accum accumulation accumulationSteps gradAccum gradAccumSteps gradientAccumulation",
  headLearningRate: "headLr classifierLr classifierLearningRate",
  hiddenDropoutProb: "dropout",
  labelSmoothingFactor: "labelSmoothing smoothing",
  layerwiseLrDecay: "llrd layerDecay lrDecay",
  learningRate: "lr rate learnRate maxLr peakLr",
  loadBestModelAtEnd: "best keepBest saveBest",
  loggingSteps: "logEvery logInterval logSteps",
  lrSchedulerType: "scheduler schedule lrScheduler lrSchedule",
  maxGradNorm: "clip clipGrad clipGradNorm gradClip gradNorm gradientClipping maxNorm",
  maxSeqLength: "maxLen maxLength maxSeqLen maxTokens seqLen seqLength",
  maxSteps: "steps numSteps maxTrainSteps totalSteps numTrainSteps",
  metricForBestModel: "metric bestMetric",
  model: "base baseModel checkpoint encoder modelName modelPath pretrained pretrainedModel",
  numTrainEpochs: "epoch epochs maxEpochs nEpochs numEpochs trainEpochs",
  output: "o out outDir outputFolder outputPath saveDir saveTo modelDir",
  overwriteOutputDir: "overwrite",
  perDeviceEvalBatchSize: "ebs evalBatch evalBatchSize validationBatchSize devBatchSize",
  perDeviceTrainBatchSize: "b batch batchSize bs bsz trainBatch trainBatchSize tbs",
  pushToHub: "push hub upload",
  saveSteps: "saveEvery saveInterval checkpointEvery",
  saveTotalLimit: "keep maxCheckpoints",
  seed: "randomSeed rngSeed",
  tagColumn: "tagCol labelColumn labelCol",
  teachers: "teacher teacherModel teacherModels distill",
  test: "testData testSet testPath",
  threads: "cpus cores j jobs numThreads numWorkers workers",
  tokenColumn: "tokenCol textColumn wordColumn wordCol",
  train: "data dataFile input trainData trainSet trainPath trainingData trainingFile",
  trainBatchTokens: "batchTokens maxTokensPerBatch",
  validation:
    "dev devData devFile devSet eval evalData evalFile val valData valFile valid validData validFile validationData",
  validationSplit: "valSplit devSplit split validationShare",
  warmupSteps: "warmup warmUp numWarmupSteps warmupProportion warmupShare",
  weightDecay: "wd decay l2",
};

const FIELDS = new Map(
  Object.entries(SHORT_FORMS).flatMap(([field, names]) =>
    names.split(" ").map((name) => [name, field] as const),
  ),
);

/** Returns the field that a short name in camelCase usually means. */
export const shortForm = (name: string): string | undefined => FIELDS.get(name);
