import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LinearExpression, LONGEST_MATCH, Unsupported } from "../../../src/redact/linear/expression.js";
import { growth, LINEAR } from "../../growth.js";

const found = (source: string, text: string, flags = "") =>
  [...new LinearExpression(source, flags).matches(text)].map(({ start, end }) => text.slice(start, end));

/** What JavaScript finds, without empty matches. */
const inJavaScript = (source: string, text: string, flags = "") =>
  [...text.matchAll(new RegExp(source, `gu${flags}`))]
    .map(([match]) => match)
    .filter((match) => match !== "");

describe("an expression in linear time", () => {
  it.each([
    ["EMP-\\d{6}", "EMP-123456 and EMP-12345", ""],
    ["[A-Z]{2}\\d{2,4}", "AB1 CD12 EF12345", ""],
    ["(?<!\\w)(?:Project|Projekt) \\w+?\\b", "Project Falcon, Projekt Adler, xProject No", ""],
    ["a.*?b|a", "aXXb a", ""],
    ["a.*b|a", "aXXb a", ""],
    ["straße", "STRASSE STRAßE straße", "i"],
    ["^\\w+$", "one\ntwo three\nfour", "m"],
    ["😀+.", "x😀😀y", ""],
    ["\\p{Lu}\\p{Ll}+", "Ärger und Öl", ""],
    ["[^\\s-]+(?=-)", "red-green-blue", ""],
  ])("finds what JavaScript finds: %s in %j", (source, text, flags) => {
    expect(found(source, text, flags)).toEqual(inJavaScript(source, text, flags));
  });

  it("finds what JavaScript finds for random expressions and texts", () => {
    const one = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\d", "\\w", "1", " ");
    const place = fc.constantFrom("\\b", "\\B", "^", "$", "(?<!a)", "(?=b)", "(?!1)", "(?<=\\d)");
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        one,
        place,
        fc.tuple(tie("expression"), tie("expression")).map((parts) => parts.join("")),
        fc.tuple(tie("expression"), tie("expression")).map((parts) => `(?:${parts.join("|")})`),
        // What is repeated takes at least one character: JavaScript has rules of its own for empty repetitions.
        fc
          .tuple(
            one,
            tie("expression"),
            fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "*?", "+?", "??", "{0,2}?"),
          )
          .map(([first, rest, mark]) => `(?:${first}${rest})${mark}`),
      ),
    }));
    fc.assert(
      fc.property(expression, fc.stringMatching(/^[abc1 ]{0,20}$/), (source, text) => {
        expect(found(source, text)).toEqual(inJavaScript(source, text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["(a)\\1", "backreference"],
    ["(?<word>a)\\k<word>", "backreference"],
    ["(?<=ab)c", "lookaround"],
    ["(?!abc)d", "lookaround"],
    ["(?:a{1000}){1000}", "too many"],
    ["a{5000}", "too many"],
  ])("refuses %s", (source, reason) => {
    try {
      new LinearExpression(source, "");
    } catch (error) {
      expect(error).toBeInstanceOf(Unsupported);
      expect((error as Unsupported).what).toContain(reason);
      return;
    }
    expect.unreachable("it was accepted");
  });

  it("refuses what JavaScript refuses", () => {
    expect(() => new LinearExpression("(a", "")).toThrow(SyntaxError);
    expect(() => new LinearExpression("a**", "")).toThrow(SyntaxError);
  });

  it.each(["(a+)+b", "(a|a)*b", "(?:a*)*b", "a*a*a*b", "[a-z]+\\d", "a.*b|a"])(
    "takes linear time for %s",
    async (source) => {
      const expression = new LinearExpression(source, "");
      const times = await growth((length) => [...expression.matches("a".repeat(length))], 20_000);
      expect(times).toBeLessThan(LINEAR);
    },
  );

  it("does not find matches that are longer than the limit", () => {
    expect(found("a+b", `${"a".repeat(LONGEST_MATCH - 1)}b`)).toHaveLength(1);
    expect(found("<.+>", `<${"a".repeat(LONGEST_MATCH)}>`)).toEqual([]);
  });
});
