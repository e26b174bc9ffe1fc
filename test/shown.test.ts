import { describe, expect, it } from "vitest";
import { NeriumError } from "../src/errors.js";
import { escaped, keepSecret, visible, withoutSecrets } from "../src/shown.js";

describe("text that a terminal shows", () => {
  it("cannot control it, and keeps its width", () => {
    expect(visible("a\u001b[2Jb\u0007\u007f\u009b1m\tc\r\nd\u202e")).toBe("a␛[2Jb␇␡␡1m\tc␍\nd�");
  });

  it("keeps its meaning in JSON", () => {
    const text = "a\u001b\u007f\u009b\u202e\n";
    const json = escaped(JSON.stringify(text));
    expect(json).toBe(String.raw`"a\u001b\u007f\u009b\u202e\n"`);
    expect(JSON.parse(json)).toBe(text);
  });
});

describe("secrets", () => {
  it.each([
    ["at https://me:pass@hub.example.org/x?y#z", "at https://hub.example.org/x?y#z"],
    ["a path made of it: https:/me:p@ss@hub.example.org", "a path made of it: https:/hub.example.org"],
    [`token hf_${"a1".repeat(17)} was refused`, "token hf_*** was refused"],
    ["?token=abc&x=1", "?token=***&x=1"],
    ["a token classification of hf_arguments", "a token classification of hf_arguments"],
    ["mail me@example.org", "mail me@example.org"],
  ])("are hidden in %j", (text, hidden) => {
    expect(withoutSecrets(text)).toBe(hidden);
  });

  it("of the environment are hidden wherever they stand, and short ones are not looked for", () => {
    keepSecret("correct-horse");
    keepSecret("a");
    expect(withoutSecrets("a correct-horse!")).toBe("a ***!");
    const error = new NeriumError("X", "what correct-horse", {
      where: "correct-horse",
      remedy: "correct-horse",
    });
    expect([error.message, error.where, error.remedy].join(" ")).not.toContain("horse");
  });
});
