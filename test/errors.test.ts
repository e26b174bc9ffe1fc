import { describe, expect, it } from "vitest";
import { NeriumError } from "../src/errors.js";

describe("the texts of an error", () => {
  it("show what a terminal would obey, and keep tabs, line ends and letters of all scripts", () => {
    const { message, where, remedy } = new NeriumError("X", "a\u001b[2J\u009b31m\u202e\tä\n東京", {
      where: "x\0",
      remedy: "\r",
    });
    expect(message).toBe("a\\u001b[2J\\u009b31m\\u202e\tä\n東京");
    expect([where, remedy]).toEqual(["x\\u0000", "\\u000d"]);
  });

  it("are short, whatever they quote", () => {
    for (const long of ["x".repeat(1e6), "\0".repeat(1e6)])
      expect(new NeriumError("X", long, { where: long }).message.length).toBeLessThan(1010);
  });
});
