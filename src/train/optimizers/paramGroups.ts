import type { Parameter, ParameterLayout } from "../../models/index.js";

/** Neighbouring parameters that an optimizer treats alike: floats from one place up to another. */
export interface ParamGroup {
  readonly from: number;
  readonly to: number;
  /** What the learning rate is multiplied by. */
  readonly rateFactor: number;
  /** 0 for biases and LayerNorm. */
  readonly weightDecay: number;
}

/** The groups of a layout, in the order of their places; together they cover it. */
export function paramGroups(
  layout: ParameterLayout,
  weightDecay: number,
  rateFactor: (parameter: Parameter) => number,
): readonly ParamGroup[] {
  const inOrder = layout.parameters.toSorted((a, b) => layout.offset(a.name) - layout.offset(b.name));
  const groups: ParamGroup[] = [];
  inOrder.forEach((parameter, index) => {
    const next = inOrder[index + 1];
    const to = next === undefined ? layout.length : layout.offset(next.name);
    const own = { rateFactor: rateFactor(parameter), weightDecay: parameter.decays ? weightDecay : 0 };
    const before = groups.at(-1);
    const joins = before?.weightDecay === own.weightDecay && before.rateFactor === own.rateFactor;
    const from = joins ? groups.pop()!.from : layout.offset(parameter.name);
    groups.push({ from, to, ...own });
  });
  return groups;
}

/** What an update multiplies the weights of a group by, besides moving them along the gradient. */
export const decayFactor = (
  { rateFactor, weightDecay }: Pick<ParamGroup, "rateFactor" | "weightDecay">,
  learningRate: number,
): number => 1 - learningRate * rateFactor * weightDecay;

/** The group of a parameter. */
export const groupOf = (groups: readonly ParamGroup[], layout: ParameterLayout, parameter: string) =>
  groups.find(({ to }) => layout.offset(parameter) < to)!;
