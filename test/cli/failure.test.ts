import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../src/cli/exit.js";
import { failureText } from "../../src/cli/failure.js";
import { coloursFor } from "../../src/cli/terminal/colours.js";
import { NeriumError } from "../../src/errors.js";
import { recorder } from "./testIo.js";

const context = {
  command: "nerium train recipe.yaml",
  versions: "Nerium 0.1.0, Node 20.20.2, linux x64",
  debug: false,
  width: Number.POSITIVE_INFINITY,
  colours: coloursFor(recorder(), {}),
};

describe("a failure on the command line", () => {
  const cause = new Error("the cause");
  const error = new NeriumError("DATA_TAG_MISSING", "A word has no tag", {
    where: "train.conll:12",
    remedy: "Give each word a tag,\nor name the column.",
    cause,
  });

  it("of the catalogue says what, where and what to do, without a stack", () => {
    expect(failureText(error, context)).toBe(
      [
        "error: A word has no tag [DATA_TAG_MISSING]",
        "  at train.conll:12",
        "  Give each word a tag,",
        "  or name the column.",
        "  See nerium docs DATA_TAG_MISSING",
        "",
      ].join("\n"),
    );
  });

  it("is wrapped to the width of a terminal, without breaking a path", () => {
    const where = `/a/folder/${"deep/".repeat(12)}train.conll:12`;
    const long = new NeriumError("DATA_X", "This sentence is longer than the terminal is wide", { where });
    expect(failureText(long, { ...context, width: 40 })).toBe(
      `error: This sentence is longer than\n  the terminal is wide [DATA_X]\n  at\n  ${where}\n  See nerium docs DATA_X\n`,
    );
  });

  it("without place and remedy names the topic only", () => {
    expect(failureText(new NeriumError("DATA_X", "No data"), context)).toBe(
      "error: No data [DATA_X]\n  See nerium docs DATA_X\n",
    );
  });

  it("of any other kind is a bug, with what a report needs", () => {
    expect(failureText(new TypeError("x is not a function"), context)).toBe(
      [
        "error: x is not a function",
        "  This is a bug in Nerium. Please report it with these lines:",
        "  nerium train recipe.yaml",
        "  Nerium 0.1.0, Node 20.20.2, linux x64",
        "  Run the command with NERIUM_DEBUG=1 to see where the error occurred.",
        "",
      ].join("\n"),
    );
  });

  it("that is no error at all is told too", () => {
    expect(failureText("just a text", context)).toContain("error: just a text\n");
  });

  it("shows stacks of error and cause with NERIUM_DEBUG=1", () => {
    const text = failureText(error, { ...context, debug: true });
    expect(text).toMatch(/\n {2}NeriumError: A word has no tag\n {6}at /);
    expect(text).toMatch(/\n {2}caused by\n {2}Error: the cause\n {6}at /);
  });
});

describe("the exit code", () => {
  it.each([
    ["CLI_USAGE", 2],
    ["RECIPE_UNKNOWN_FIELD", 2],
    ["DATA_TAG_MISSING", 1],
    ["TRAIN_NOT_FINITE", 1],
    ["CLI_NO_TEXT_FILE", 1],
  ])("of %s is %i", (code, expected) => expect(exitCodeOf(new NeriumError(code, "…"))).toBe(expected));

  it("of a defect is 1", () => expect(exitCodeOf(new TypeError("…"))).toBe(1));
});
