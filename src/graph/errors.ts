import { NeriumError } from "../errors.js";
import type { Shape } from "./tensor.js";

const shown = (shapes: readonly Shape[]): string =>
  shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ");

/** The shapes of an operation's inputs are invalid or do not fit together. */
export function shapeMismatch(op: string, shapes: readonly Shape[], why: string): NeriumError {
  return new NeriumError("GRAPH_SHAPE_MISMATCH", `${op}: ${shown(shapes)}: ${why}`, {
    remedy: "This is a mistake in a model's definition: check the shapes given to the operation.",
  });
}

/** A gradient was requested through an operation that has no gradient rule. */
export function notDifferentiable(op: string, shapes: readonly Shape[]): NeriumError {
  return new NeriumError("GRAPH_NOT_DIFFERENTIABLE", `${op} of ${shown(shapes)} has no gradient rule`, {
    remedy: "Give the operation a vjp, or keep it out of the path from parameters to loss.",
  });
}

/** The gradient rule of an operation does not return exactly one gradient, or `null`, for each input. */
export function gradientRuleWrong(op: string, gives: string): NeriumError {
  return new NeriumError("GRAPH_GRADIENT_RULE_WRONG", `The gradient rule of ${op} gives ${gives}`, {
    remedy: "Let it give a tensor for each input, or null where there is no gradient by mathematics.",
  });
}

/** A graph for an engine without ONNX Runtime's operators contains an operation that only they can express. */
export function notStandard(op: string): NeriumError {
  return new NeriumError("GRAPH_NOT_STANDARD", `${op} has no form in the operators of the ONNX standard`, {
    remedy: "Build the graph from other operations, or write it for ONNX Runtime.",
  });
}

/** Two inputs or weights of a graph have the same name, or one of them has the name of an output. */
export function nameTaken(name: string): NeriumError {
  return new NeriumError("GRAPH_NAME_TAKEN", `Two different tensors of one graph are named "${name}"`, {
    remedy: "Give every input and output of a graph a name of its own.",
  });
}
