import { counted } from "../../counted.js";
import type { NeriumWarning } from "../../errors.js";
import type { Weights } from "../../safetensors/index.js";
import type { Encoder } from "../family.js";

/** Returns the number of the layer that a tensor belongs to, in all families. */
function layerOf(stored: string): number | undefined {
  const number = /(?:^|\.)layers?\.(\d+)\./.exec(stored)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** True if a tensor is of a layer beyond those of `config.json`. */
export const isUnusedLayer = (stored: string, { layers }: Pick<Encoder, "layers">): boolean =>
  (layerOf(stored) ?? -1) >= layers;

/** Returns what to say about the weights of a model: that they are a pickle, or have more layers than `config.json`. */
export function weightWarnings(
  { files, tensors }: Pick<Weights, "files" | "tensors">,
  { layers }: Pick<Encoder, "layers">,
): readonly NeriumWarning[] {
  const warnings: NeriumWarning[] = [];
  const pickle = files.find((each) => each.endsWith(".bin"));
  if (pickle !== undefined)
    warnings.push({
      code: "WEIGHTS_PICKLED",
      message: `${pickle}: these weights are a pickle, which other programs may run as code when they load it. Nerium reads only the tensors. Prefer safetensors: a model on the hub may have them in a pull request, which NAME@refs/pr/N names.`,
    });
  const stored = 1 + Math.max(-1, ...[...tensors.keys()].flatMap((name) => layerOf(name) ?? []));
  if (stored > layers)
    warnings.push({
      code: "LAYERS_UNUSED",
      message: `${files[0]}: these weights have ${counted(stored, "layer")}, but config.json asks for ${layers}. Only the first ${layers} are used, as in transformers. If that is not intended, use the model's own config.json.`,
    });
  return warnings;
}
