/**
 * The same entities as Python's pipeline with every aggregation strategy. goldens/make.py made the models, the texts and
 * what transformers finds in them; the tokenizers are those of test/tokenize/goldens.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AggregationStrategy } from "../../src/infer/aggregation.js";
import { type GroupedEntity, load, type Ner, type TokenEntity } from "../../src/infer/index.js";
import { splitWords } from "../../src/text/index.js";

/** Label or type, score, word, start, end, and the index of a piece. */
type Golden = [string, number, string, number, number, number?];
type ByStrategy = Readonly<Record<string, readonly Golden[][]>>;

interface ModelGoldens {
  readonly name: string;
  readonly texts: number;
  readonly found: ByStrategy;
  readonly withO: readonly Golden[][];
  readonly words: readonly (readonly string[])[];
  readonly ofWords: ByStrategy;
}

const here = import.meta.dirname;
const lines = readFileSync(join(here, "goldens/aggregation.jsonl"), "utf8").trimEnd().split("\n");
const [goldens, ...models] = lines.map((line) => JSON.parse(line)) as [
  { readonly texts: readonly string[] },
  ...ModelGoldens[],
];
const strategies: readonly AggregationStrategy[] = ["none", "simple", "first", "average", "max"];
const scratch = mkdtempSync(join(tmpdir(), "nerium-aggregation-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const asGolden = (entity: GroupedEntity | TokenEntity): Golden => {
  const { type, score, word, start, end } = entity;
  return "index" in entity
    ? [entity.label, score, word, start, end, entity.index]
    : [type, score, word, start, end];
};

function expectEqual(found: readonly GroupedEntity[], golden: readonly Golden[], text: string): void {
  const exact = (entities: readonly Golden[]) => entities.map(([label, , ...rest]) => [label, ...rest]);
  expect(exact(found.map(asGolden)), JSON.stringify(text)).toEqual(exact(golden));
  golden.forEach(([, score], index) => {
    expect(Math.abs(found[index]!.score - score)).toBeLessThan(1e-5);
  });
}

describe.each(models)("with $name", ({ name, texts: count, found, withO, words, ofWords }) => {
  const texts = goldens.texts.slice(0, count);
  let ner: Ner;
  beforeAll(async () => {
    const folder = join(scratch, name);
    cpSync(join(here, "../tokenize/goldens", name), folder, { recursive: true });
    cpSync(join(here, "goldens", name), folder, { recursive: true });
    ner = await load(folder, { threads: 2 });
  });
  afterAll(() => ner?.dispose());

  it.each(strategies)("%s finds what Python finds", async (aggregationStrategy) => {
    const options = { aggregationStrategy, offsets: "code-points", truncation: true } as const;
    const all = await ner(texts, options);
    texts.forEach((text, index) => {
      expectEqual(all[index]!, found[aggregationStrategy]![index]!, text);
    });
  });

  it("what is outside of entities is given where no label is ignored", async () => {
    const options = { aggregationStrategy: "simple", ignoreLabels: [], offsets: "code-points" } as const;
    const all = await ner(texts.slice(0, withO.length), options);
    withO.forEach((golden, index) => {
      expectEqual(all[index]!, golden, texts[index]!);
    });
  });

  it.each(["none", "average"] as const)(
    "%s finds in words what Python finds",
    async (aggregationStrategy) => {
      const options = { aggregationStrategy, offsets: "code-points" } as const;
      const all = await ner(
        words.map((each) => ({ words: each })),
        options,
      );
      words.forEach((each, index) => {
        expectEqual(all[index]!, ofWords[aggregationStrategy]![index]!, each.join(" "));
      });
    },
  );

  it("reads texts that the model doesn't take at once to their end, with or without spaces", async () => {
    for (const text of ["Ada met Babbage in London. ".repeat(700), "Ada😀met.東京".repeat(300)]) {
      const options = { aggregationStrategy: "none", ignoreLabels: [] } as const;
      const { entities, windows, truncated } = await ner.analyze(text, options);
      expect(windows).toBeGreaterThan(1);
      expect(truncated).toBe(false);
      expect(entities.map(({ index }) => index)).toEqual(entities.map((_, place) => place + 1));
      let end = 0;
      for (const entity of entities) {
        expect(text.slice(end, entity.start).trim()).toBe("");
        end = Math.max(end, entity.end);
      }
      expect(text.slice(end).trim()).toBe("");
    }
  });

  it("offsets in UTF-16 units cut the entity's text out of the text, and its words are the ones there", async () => {
    const all = await ner(texts, { aggregationStrategy: "simple" });
    texts.forEach((text, index) => {
      const wordsOfText = splitWords(text);
      for (const { text: own, start, end, words } of all[index]!) {
        expect(text.slice(start, end)).toBe(own);
        const touched = wordsOfText.flatMap((word, place) =>
          word.start < end && word.end > start ? [place] : [],
        );
        expect(words).toEqual(touched);
      }
    });
  });
});
