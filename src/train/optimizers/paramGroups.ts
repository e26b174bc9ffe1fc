import type { Parameter, ParameterLayout } from "../../models/index.js";

/**
 * Neighbouring parameters that an optimizer treats in the same way: the floats from index `from` up to, but
 * not including, `to`.
 */
export interface ParamGroup {
  readonly from: number;
  readonly to: number;
  /** The factor on the learning rate. */
  readonly rateFactor: number;
  /** 0 for biases and LayerNorm. */
  readonly weightDecay: number;
}

/** The parameter groups of a layout, in memory order. Together they cover the layout. */
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

/** What weight decay multiplies a group's weights by in one update. */
export const decayFactor = (
  { rateFactor, weightDecay }: Pick<ParamGroup, "rateFactor" | "weightDecay">,
  learningRate: number,
): number => 1 - learningRate * rateFactor * weightDecay;

/** The parameter group that contains a parameter. */
export const groupOf = (groups: readonly ParamGroup[], layout: ParameterLayout, parameter: string) =>
  groups.find(({ to }) => layout.offset(parameter) < to)!;
