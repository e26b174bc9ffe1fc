import { counted, listed } from "../../counted.js";
import { freshCrf, readCrf } from "../../crf/index.js";
import { compactVocabulary, encoderOf, type ModelConfig, ModelWeights } from "../../models/index.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import type { Engine } from "../../runtime/index.js";
import { initialValues } from "./initialValues.js";
import type { Message } from "./messages.js";

/** The weights at the start of training. They must be disposed of. */
export interface InitialWeights {
  readonly weights: ModelWeights;
  /** The values of the conditional random field, if the model gets one. Training changes them in place. */
  readonly crf: Float32Array | undefined;
  readonly messages: readonly Message[];
}

/** The folder of a pretrained model, and its configuration. */
export interface Pretrained {
  readonly folder: string;
  readonly config: ModelConfig;
}

/**
 * Loads the weights of a pretrained model. Its head and CRF are kept if they are for the same labels;
 * otherwise new ones are created.
 *
 * @param config the configuration of the new model
 * @param usedIds ids of all tokens in the run, with possible repetitions; only their embeddings are kept in
 *   memory
 */
export async function initialWeights(
  recipe: Recipe,
  pretrained: Pretrained,
  config: ModelConfig,
  labels: readonly string[],
  usedIds: Iterable<number>,
  engine: Engine,
): Promise<InitialWeights> {
  const vocabulary = compactVocabulary(usedIds, encoderOf(config).vocabularySize);
  const freshHead = !sameLabels(pretrained.config, labels);
  const crf = recipe.crf ? await firstCrf(pretrained, labels, freshHead) : undefined;
  const options = { vocabulary, freshHead, engine };
  return Owned.making(async (owned) => {
    const { weights, report } = await ModelWeights.load(pretrained.folder, config, labels.length, options);
    owned.own(weights);
    const messages: Message[] = report.warnings.map((warning) => ({ type: "warning", ...warning }));
    if (report.absent.length > 0) {
      const absent = new Set(report.absent);
      const fresh = weights.layout.parameters.filter(({ name }) => absent.has(name));
      fresh.forEach((parameter, index) => {
        weights.set(parameter.name, initialValues(parameter, parameter.shape, recipe.seed + index));
      });
      const message = `The model gets a new token-classification head for ${counted(labels.length, "label")}, initialized with seed ${recipe.seed}.`;
      messages.push({ type: "notice", code: "HEAD_INITIALISED", message });
    }
    if (report.leftOver.length > 0)
      messages.push({
        type: "notice",
        code: "WEIGHTS_DROPPED",
        message: `Unused weights in the model folder: ${listed(report.leftOver)}.`,
      });
    return { weights, crf, messages };
  });
}

/** True if the stored head has exactly these labels in this order. */
const sameLabels = (stored: ModelConfig, labels: readonly string[]): boolean =>
  labels.every((label, id) => stored.id2label?.[String(id)] === label) &&
  Object.keys(stored.id2label ?? {}).length === labels.length;

/** The CRF at the start of training: the model's own if it has one for these labels, otherwise a new one. */
async function firstCrf(
  { folder, config }: Pretrained,
  labels: readonly string[],
  freshHead: boolean,
): Promise<Float32Array> {
  return config.nerium?.crf && !freshHead ? readCrf(folder, labels.length) : freshCrf(labels);
}
