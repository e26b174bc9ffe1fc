import { describe, expect, it } from "vitest";
import { expand, parseTemplate } from "../../src/quickstart/expand.js";
import { seededRandom } from "../../src/quickstart/random.js";

/** Every text that 200 readings of the template give. */
function texts(template: string): string[] {
  const random = seededRandom(1);
  const slots = (name: string) => [{ text: name.toUpperCase(), tag: "B-PER" }];
  const all = Array.from({ length: 200 }, () => expand(parseTemplate(template), slots, random));
  return [...new Set(all.map((words) => words.map(({ text }) => text).join(" ")))].sort();
}

describe("a template", () => {
  it("gives one branch of (…|…), and […] or nothing", () => {
    expect(texts("{per} (sang|danced [twice]) .")).toEqual([
      "PER danced .",
      "PER danced twice .",
      "PER sang .",
    ]);
  });

  it("writes < and > as the round brackets of the text", () => {
    expect(texts("{per} < {loc} > .")).toEqual(["PER ( LOC ) ."]);
  });

  it("with a bracket that has no partner is refused", () => {
    for (const wrong of ["(a|b", "a ]", "[a (b ] c)", "a | b"]) {
      expect(() => parseTemplate(wrong)).toThrow(SyntaxError);
    }
  });
});
