/** A model for token classification: an encoder, dropout and a linear layer, as transformers' `…ForTokenClassification`. */
import type { Tensor } from "../../graph/index.js";
import type { Batch } from "../batch/batch.js";
import type { Dropout } from "../dropout.js";
import type { Encoder } from "../family.js";
import { type Parameter, parametersAt } from "../parameter.js";
import type { WeightOps } from "../quantized/weightOps.js";

/** The prefix of the names of the head's weights. */
export const HEAD = "classifier";

/**
 * Returns all parameters of a model: those of the encoder, then those of the head.
 *
 * @param labels number of labels
 * @param vocabulary as {@link Encoder.parameters}
 */
export const parameters = (encoder: Encoder, labels: number, vocabulary?: number): readonly Parameter[] => [
  ...encoder.parameters(vocabulary),
  ...parametersAt("head").linear(HEAD, encoder.hiddenSize, labels, { initial: encoder.classifierInitial }),
];

/** Returns the logits of the batch's labelled rows, `[labelled, labels]`. */
export const logits = (encoder: Encoder, ops: WeightOps, batch: Batch, dropout: Dropout): Tensor =>
  ops.linear(HEAD, dropout.classifier(HEAD, encoder.encode(ops, batch, dropout)));

/** Whether a tensor of a weight file belongs to a head: this one, or the head of another task. */
export const isOfHead = (stored: string): boolean => stored.startsWith(`${HEAD}.`);
