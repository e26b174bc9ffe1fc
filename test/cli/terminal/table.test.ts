import { expect, it } from "vitest";
import { fittingTable } from "../../../src/cli/terminal/table.js";

const rows = [
  ["", "sentences", "words"],
  ["train", "7,000", "82,970"],
];

it("a table that is too wide has its rows as columns, if that is narrower", () => {
  expect(fittingTable(rows, 40)).toEqual(["       sentences   words", "train      7,000  82,970"]);
  expect(fittingTable(rows, 20)).toEqual(["            train", "sentences   7,000", "words      82,970"]);
  const long = [
    ["", "a"],
    ["x".repeat(30), "1"],
    ["y".repeat(30), "2"],
  ];
  expect(fittingTable(long, 20)[1]).toBe(`${"x".repeat(30)}  1`);
});
