import { beforeAll, describe, expect, it } from "vitest";
import { Finder } from "../../../src/redact/finder.js";
import { redactSettings } from "../../../src/redact/index.js";
import { patternTypes } from "../../../src/redact/recognisers/index.js";
import { compared } from "../measure.js";
import { generated, SEED, TEXTS } from "./generate.js";
import { corpus, unmarked } from "./marked.js";

let finder: Finder;
beforeAll(async () => {
  finder = await Finder.load(redactSettings("test", {}), false);
});

const find = (text: string) => finder.joined(text, finder.patterns(text, ""), []);
/** Names are for the model. */
const byPatterns = ({ type }: { type: string }) => patternTypes.includes(type);

describe.each(["situations", "generated"] as const)("in the corpus of %s, patterns", (name) => {
  it("find everything that they should, and nothing else", () => {
    const { types, wrong } = compared(corpus(name), find, byPatterns);
    expect([...types.values()].flatMap(({ missed }) => missed)).toEqual([]);
    expect(wrong).toEqual([]);
    expect([...types.values()].reduce((sum, { gold }) => sum + gold, 0)).toBeGreaterThan(80);
  });

  it("give everything its own type", () => {
    const others = corpus(name).flatMap(({ text, gold }) => {
      const found = find(text);
      return gold
        .filter(byPatterns)
        .filter(
          ({ type, start }) => found.find((each) => each.start <= start && each.end > start)?.type !== type,
        )
        .map(({ type, start, end }) => `${type}: ${text.slice(start, end)} in: ${text}`);
    });
    expect(others).toEqual([]);
  });
});

it("the generated corpus is what the generator writes with its seed", () => {
  expect(corpus("generated")).toEqual(generated(SEED, TEXTS).map((line) => unmarked(line)));
});

it("patterns find what they should with other seeds too", () => {
  for (const seed of [1, 2, 3]) {
    const texts = generated(seed, 600).map((line) => unmarked(line));
    const { types, wrong } = compared(texts, find, byPatterns);
    expect([...types.values()].flatMap(({ missed }) => missed)).toEqual([]);
    expect(wrong).toEqual([]);
  }
});
