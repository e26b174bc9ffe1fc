/** The graphs of a training step. */
import {
  add,
  concat,
  cut,
  type EmissionProfile,
  emit,
  gradient,
  input,
  reshape,
  sumOfSquares,
  type Tensor,
} from "../../graph/index.js";
import {
  batchTensors,
  type DropoutSite,
  encoderOf,
  floatWeightOps,
  logits,
  type ModelConfig,
  maskedDropout,
  type ParameterLayout,
} from "../../models/index.js";

/** The forward pass of a batch with dropout: the logits as a function of weights that are graph inputs. */
function forward(config: ModelConfig, layout: ParameterLayout) {
  const weights = new Map<string, Tensor>(
    layout.parameters.map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const encoder = encoderOf(config);
  const { dropout, sites } = maskedDropout(encoder.dropout);
  const ops = floatWeightOps((name) => weights.get(name));
  const predicted = logits(encoder, ops, batchTensors(encoder.features), dropout);
  return { predicted, weights: [...weights.values()], sites };
}

/**
 * The gradient of each parameter and its squared norm. With `accumulates`, both are of the sum with the
 * previous gradient.
 */
function gradientOutputs(
  layout: ParameterLayout,
  fresh: readonly Tensor[],
  accumulates: boolean,
  { loss, joins }: { readonly loss?: Tensor; readonly joins: boolean },
): Record<string, Tensor> {
  const squares = new Map<string, Tensor>();
  // Outputs are in the order of the backward pass, so that each gradient is computed as early as possible:
  // see `emit`.
  const outputs: Record<string, Tensor> = loss === undefined || joins ? {} : { loss };
  const backwards = layout.parameters.map((parameter, index) => ({ parameter, own: fresh[index]! }));
  backwards.sort((a, b) => a.own.node.id - b.own.node.id);
  for (const { parameter, own } of backwards) {
    const { name, shape } = parameter;
    const total = accumulates ? add(own, input(`before.${name}`, "float32", shape)) : own;
    outputs[`gradient.${name}`] = total;
    squares.set(name, sumOfSquares(total));
    if (!joins) outputs[`squared.${name}`] = squares.get(name)!;
  }
  if (!joins) return outputs;
  const figures = [
    ...(loss === undefined ? [] : [loss]),
    ...layout.parameters.map(({ name }) => squares.get(name)!),
  ];
  return { ...outputs, figures: concat(figures.map((figure) => reshape(figure, [1]))) };
}

/**
 * The ONNX model of a training step. Its outputs are the loss, the gradients and the squared norm of each
 * gradient. Where the engine joins figures, loss and squared norms are one vector, in the order of the layout.
 */
export function stepModel(
  config: ModelConfig,
  layout: ParameterLayout,
  lossOf: (logits: Tensor) => Tensor,
  accumulates: boolean,
  profile: EmissionProfile,
): { readonly bytes: Uint8Array; readonly sites: readonly DropoutSite[] } {
  const { predicted, weights, sites } = forward(config, layout);
  const loss = lossOf(predicted);
  const gradients = gradient(loss, weights);
  const outputs = gradientOutputs(layout, gradients, accumulates, { loss, joins: profile.joinsFigures });
  return { bytes: emit(outputs, { profile }), sites };
}

/** A step in two models, for a loss that is computed between them, outside the graph. */
export interface CutStepModels {
  /** Outputs `logits`, and the values that the backward model needs. */
  readonly forward: Uint8Array;
  /** Takes these values and `logitsGradient`. Outputs the gradients and their squared norms. */
  readonly backward: (accumulates: boolean) => Uint8Array;
  /** The values that the forward model passes to the backward model. */
  readonly kept: readonly (Pick<Tensor, "type" | "shape"> & { readonly name: string })[];
  readonly sites: readonly DropoutSite[];
}

export function cutStepModels(
  config: ModelConfig,
  layout: ParameterLayout,
  labels: number,
  profile: EmissionProfile,
): CutStepModels {
  const { predicted, weights, sites } = forward(config, layout);
  const ofLogits = input("logitsGradient", "float32", ["labelled", labels]);
  const gradients = gradient(predicted, weights, ofLogits);
  const { first, second, kept } = cut({ logits: predicted }, Object.fromEntries(gradients.entries()));
  const fresh = gradients.map((_, index) => second[index]!);
  return {
    forward: emit(first, { profile }),
    backward: (accumulates) =>
      emit(gradientOutputs(layout, fresh, accumulates, { joins: profile.joinsFigures }), { profile }),
    kept: Object.entries(kept).map(([name, { type, shape }]) => ({ name, type, shape })),
    sites,
  };
}
