import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseModelName } from "../../src/card/index.js";
import { pythonFloat, rounded } from "../../src/card/pythonFloat.js";

describe("pythonFloat", () => {
  it.each([
    [1, "1.0"],
    [2e-5, "2e-05"],
    [1.25e-5, "1.25e-05"],
    [0.0001, "0.0001"],
    [1e-8, "1e-08"],
    [1e16, "1e+16"],
    [123456789012345.6, "123456789012345.6"],
    [1e15, "1000000000000000.0"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [Number.NaN, "nan"],
    [-Infinity, "-inf"],
  ])("writes %d as Python's str does: %s", (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });

  it("loses nothing", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (value) => Number(pythonFloat(value)) === value,
      ),
    );
  });
});

describe("rounded", () => {
  it.each([
    [0.96223893, "0.9622"],
    [0.03125, "0.0312"],
    [0.5, "0.5"],
    [1, "1.0"],
    [1e-5, "1e-05"],
    [1.5e-7, "0.0000"],
  ])("writes %d as HF's tables do: %s", (value, text) => {
    expect(rounded(value)).toBe(text);
  });
});

describe("baseModelName", () => {
  it.each([
    ["the recipe's word", { finetunedFrom: "a/b", model: "./x", modelIsFolder: true }, "a/b"],
    ["the hub name asked for", { model: "roberta-large", modelIsFolder: false }, "roberta-large"],
    [
      "the configuration's name",
      { model: "x", modelIsFolder: true, nameOrPath: "bert-base-cased" },
      "bert-base-cased",
    ],
    ["nothing for a folder", { model: "models/bert", modelIsFolder: true }, null],
    ["no path of the configuration", { model: "x", modelIsFolder: true, nameOrPath: "/tmp/x" }, null],
  ])("takes %s", (_, known, expected) => {
    expect(baseModelName(known)).toBe(expected);
  });
});
