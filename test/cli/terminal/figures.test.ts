import { describe, expect, it } from "vitest";
import {
  counted,
  duration,
  epochs,
  memory,
  parameterFigure,
  rate,
  score,
} from "../../../src/cli/terminal/figures.js";

describe("figures for people", () => {
  it.each([
    [0, "0 s"],
    [0.43, "0.4 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1:00"],
    [754, "12:34"],
    [3723, "1:02:03"],
  ])("%f seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

  it.each([
    [512e6, "512 MB"],
    [999.6e6, "1.0 GB"],
    [1.94e9, "1.9 GB"],
  ])("%d bytes are %s", (bytes, text) => expect(memory(bytes)).toBe(text));

  it.each([
    [2e-5, "2e-5"],
    [1.854e-5, "1.85e-5"],
    [1e-4, "1e-4"],
    [0, "0"],
  ])("a learning rate of %d is %s", (value, text) => expect(rate(value)).toBe(text));

  it.each([
    [4321, "4,321"],
    [1.45e6, "1.4 M"],
    [107_726_601, "108 M"],
  ])("%d parameters are %s", (value, text) => expect(parameterFigure(value)).toBe(text));

  it.each([
    [counted(1, "sentence"), "1 sentence"],
    [counted(0, "sentence"), "0 sentences"],
    [counted(14041, "entity", "entities"), "14,041 entities"],
  ])("%s", (text, expected) => expect(text).toBe(expected));

  it("a score has four digits, and none where it is undefined", () => {
    expect([score(0.94671), score(Number.NaN)]).toEqual(["0.9467", "-"]);
  });

  it("an epoch has the digits that it needs", () => {
    expect([epochs(5), epochs(0.142)]).toEqual(["5", "0.14"]);
  });
});
