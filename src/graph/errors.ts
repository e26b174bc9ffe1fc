import { NeriumError } from "../errors.js";
import type { Shape } from "./tensor.js";

const shown = (shapes: readonly Shape[]): string =>
  shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ");

/** The shapes of an operation's inputs are invalid or do not fit together. */
export function shapeMismatch(op: string, shapes: readonly Shape[], why: string): NeriumError {
  return new NeriumError("GRAPH_SHAPE_MISMATCH", `${op}: ${shown(shapes)}: ${why}`, {
    remedy: "Check the shapes that the definition of the model gives to this operation.",
  });
}

/** A gradient was requested through an operation that has no gradient rule. */
export function notDifferentiable(op: string, shapes: readonly Shape[]): NeriumError {
  return new NeriumError("GRAPH_NOT_DIFFERENTIABLE", `${op} of ${shown(shapes)} has no gradient rule`, {
    remedy: "Define a vjp for the operation, or do not use it between parameters and loss.",
  });
}

/** The gradient rule of an operation does not return exactly one gradient, or `null`, for each input. */
export function gradientRuleWrong(op: string, gives: string): NeriumError {
  return new NeriumError("GRAPH_GRADIENT_RULE_WRONG", `The gradient rule of ${op} returns ${gives}`, {
    remedy: "Return one tensor for each input, or null for an input without a gradient.",
  });
}

/** A graph for an engine without ONNX Runtime's operators contains an operation that only they can express. */
export function notStandard(op: string): NeriumError {
  return new NeriumError("GRAPH_NOT_STANDARD", `${op} cannot be expressed with standard ONNX operators`, {
    remedy: "Use other operations, or write the graph for ONNX Runtime.",
  });
}

/** Two inputs or weights of a graph have the same name, or one of them has the name of an output. */
export function nameTaken(name: string): NeriumError {
  return new NeriumError("GRAPH_NAME_TAKEN", `Two different tensors of the graph have the name "${name}"`, {
    remedy: "Give every input and output of a graph its own name.",
  });
}
