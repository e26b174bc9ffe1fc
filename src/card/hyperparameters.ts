import type { CardHyperparameters, DocumentReading } from "./facts.js";
import { pythonFloat, wholeOrFloat } from "./pythonFloat.js";
import { inline } from "./text.js";

/**
 * Formats the list of hyperparameters. Names, order and omissions are those of
 * `extract_hyperparameters_from_trainer` of modelcard.py. Those that Trainer does not have come last, except
 * `train_batch_tokens`.
 */
export function hyperparameterList(parameters: CardHyperparameters): string {
  const accumulation = parameters.gradientAccumulationSteps ?? 1;
  const betas = `(${pythonFloat(parameters.adamBeta1)},${pythonFloat(parameters.adamBeta2)})`;
  const warmup = parameters.warmupSteps ?? 0;
  const smoothing = parameters.labelSmoothingFactor ?? 0;
  const { trainBatchTokens: tokens, documents } = parameters;
  const lines: (readonly [name: string, value: string] | undefined)[] = [
    ["learning_rate", pythonFloat(parameters.learningRate)],
    ["train_batch_size", `${parameters.trainBatchSize}`],
    tokens === undefined ? undefined : ["train_batch_tokens", `${tokens}`],
    ["eval_batch_size", `${parameters.evalBatchSize}`],
    ["seed", `${parameters.seed}`],
    accumulation > 1 ? ["gradient_accumulation_steps", `${accumulation}`] : undefined,
    accumulation > 1 ? ["total_train_batch_size", `${parameters.trainBatchSize * accumulation}`] : undefined,
    ["optimizer", `Adam with betas=${betas} and epsilon=${pythonFloat(parameters.adamEpsilon)}`],
    ["lr_scheduler_type", inline(parameters.lrSchedulerType)],
    warmup !== 0 ? ["lr_scheduler_warmup_steps", wholeOrFloat(warmup)] : undefined,
    (parameters.maxSteps ?? -1) > 0
      ? ["training_steps", `${parameters.maxSteps}`]
      : ["num_epochs", wholeOrFloat(parameters.numEpochs)],
    smoothing !== 0 ? ["label_smoothing_factor", pythonFloat(smoothing)] : undefined,
    ...(documents === undefined ? [] : documentLines(documents)),
    optional("head_learning_rate", parameters.headLearningRate),
    optional("layerwise_lr_decay", parameters.layerwiseLrDecay),
    parameters.crfLearningRate === undefined ? undefined : ["crf", "true"],
    optional("crf_learning_rate", parameters.crfLearningRate),
    parameters.distillation && ["teachers", `${parameters.distillation.teachers}`],
    optional("distillation_alpha", parameters.distillation?.alpha),
    optional("ema_decay", parameters.emaDecay),
    parameters.caseAugmentation === undefined
      ? undefined
      : ["case_augmentation", JSON.stringify(parameters.caseAugmentation)],
    parameters.decoding === undefined ? undefined : ["decoding", parameters.decoding],
    ...Object.entries(parameters.computation ?? {}).map(([name, value]) => [name, `${value}`] as const),
  ];
  return lines.flatMap((line) => (line === undefined ? [] : [`- ${line[0]}: ${line[1]}\n`])).join("");
}

function documentLines(documents: DocumentReading): (readonly [name: string, value: string])[] {
  const { contextLengths: lengths } = documents;
  return [
    ["context", "document"],
    ["context_lengths", typeof lengths === "object" ? JSON.stringify(lengths) : `${lengths}`],
    ["context_eval_tokens", `${documents.contextEvalTokens}`],
    ["context_separator", `${documents.contextSeparator}`],
  ];
}
const optional = (name: string, value: number | undefined) =>
  value === undefined ? undefined : ([name, pythonFloat(value)] as const);
