import { expect, test } from "vitest";
import { emit, input, linear, weight } from "../../../../src/graph/index.js";
import { standard } from "../../../../src/graph/profiles.js";
import { onnxValues } from "../../../../src/runtime/engines/openvino/onnxValues.js";
import { doubling, initializer, model, node, sequence, value } from "../../onnx.js";

test("inputs and outputs are read in order, with types, dims and the names of free dims", () => {
  const x = input("x", "float32", ["n", 4]);
  const mask = input("mask", "uint8", []);
  const y = linear(x, weight("w", "float32", [2, 4]));
  const bytes = emit({ y, same: x, kept: mask }, { profile: standard });
  expect(onnxValues(bytes, "test")).toEqual({
    inputs: [
      { name: "x", type: "float32", dims: ["n", 4] },
      { name: "mask", type: "uint8", dims: [] },
    ],
    outputs: [
      { name: "y", type: "float32", dims: ["n", 2] },
      { name: "same", type: "float32", dims: ["n", 4] },
      { name: "kept", type: "uint8", dims: [] },
    ],
  });
});

test("weights that are listed as inputs are not inputs", () => {
  const bytes = model(
    [node("Add", ["x", "w"], ["y"])],
    [value("x", "float32", [""]), value("w", "float32", [1])],
    [value("y", "float32", ["n"])],
    [initializer("w", [1], Float32Array.of(1))],
  );
  expect(onnxValues(bytes, "test").inputs).toEqual([{ name: "x", type: "float32", dims: [""] }]);
});

test.each([
  ["a sequence", sequence("x"), /"x" of the model is not a tensor/],
  ["a text", value("x", "string", [1]), /"x" of the model has the unsupported ONNX element type 8/],
])("%s is not supported", (_, given, message) => {
  const bytes = model([node("Identity", ["x"], ["y"])], [given], [value("y", "float32", [1])]);
  expect(() => onnxValues(bytes, "test")).toThrow(message);
});

test("a model that is cut anywhere is refused or read, but nothing else happens", () => {
  const whole = doubling();
  for (let length = 0; length < whole.length; length++) {
    try {
      onnxValues(whole.subarray(0, length), "test");
    } catch (error) {
      expect(error).toMatchObject({ code: "RUNTIME_MODEL_INVALID" });
    }
  }
  expect(() => onnxValues(new Uint8Array([8, 1]), "test")).toThrow(/OpenVINO rejected the model/);
});
