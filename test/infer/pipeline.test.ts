import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Analysis, type Entity, load, type Ner, type NerOptions } from "../../src/infer/index.js";
import { splitWords } from "../../src/text/index.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-pipeline-"));
let folder: string;
let ner: Ner;
beforeAll(async () => {
  folder = await writeTinyModel(join(scratch, "iob2"));
  ner = await load(folder, { threads: 2 });
});
afterAll(async () => {
  await ner.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

const texts = [
  "Anna Wolff lives in Berlin. The city is big, they say!",
  "",
  "Zoé O'Neill flew to 東京 (U.S. style)",
  "  \t\n ",
  "word ".repeat(300),
  "🏳️‍🌈 e\u0301t\u0327e\u0301 שלום עולם\tBerlin\r\nAnna",
];

/** Batches of other sentences round differently in the last bits of a score. */
const rounded = (entities: readonly Entity[]) =>
  entities.map(({ score, ...rest }) => ({ ...rest, score: Math.round(score * 1e5) / 1e5 }));

describe("the pipeline", () => {
  it("finds entities with their types, places and scores", async () => {
    const [text] = texts as [string];
    const entities = await ner(text);
    expect(entities.length).toBeGreaterThan(0);
    const words = splitWords(text);
    for (const { type, score, start, end, words: places, ...entity } of entities) {
      expect(["PER", "LOC"]).toContain(type);
      expect(score).toBeGreaterThan(1 / 5);
      expect(score).toBeLessThanOrEqual(1);
      expect(entity.text).toBe(text.slice(start, end));
      expect(words[places[0]!]!.start).toBe(start);
      expect(words[places.at(-1)!]!.end).toBe(end);
    }
  });

  it("by viterbi no entity begins inside, and scores are still the labels' own", async () => {
    const reads = ["the", "Wolff", "Anna", "in", "Berlin"]; // O, B-PER, I-PER, B-LOC, I-LOC
    const reader = await load(await writeTinyModel(join(scratch, "reader"), { reads }), { threads: 1 });
    const words = { words: ["the", "Anna", "the", "Wolff", "Anna"] };
    const [argmax, viterbi] = [await reader(words), await reader(words, { decoding: "viterbi" })];
    expect(argmax.map(({ text }) => text)).toEqual(["Anna", "Wolff Anna"]);
    expect(viterbi.map(({ text }) => text)).toEqual(["Wolff Anna"]);
    expect(viterbi[0]!.score).toBe(argmax[1]!.score);
    for (const options of [
      { decoding: "beam" as never },
      { decoding: "viterbi", aggregationStrategy: "first" },
    ])
      await expect(reader(words, options as NerOptions)).rejects.toMatchObject({
        code: "INFER_OPTION_INVALID",
      });
    await reader.dispose();
  });

  it("text without words has no entities", async () => {
    expect(await ner("")).toEqual([]);
    expect(await ner(" \t\r\n ")).toEqual([]);
    expect(await ner([])).toEqual([]);
  });

  it("many texts at once give what each gives alone", async () => {
    const together = await ner(texts);
    for (const [index, text] of texts.entries()) {
      expect(rounded(together[index]!)).toEqual(rounded(await ner(text)));
    }
  });

  it("calls that overlap give what they give one after the other", async () => {
    const serial: Entity[][] = [];
    for (const text of texts) serial.push(await ner(text));
    const parallel = await Promise.all(
      Array.from({ length: 4 }, () => Promise.all(texts.map((text) => ner(text)))),
    );
    for (const each of parallel) expect(each).toEqual(serial);
  });

  it("a stream gives each text with its entities, in order", async () => {
    const seen: Analysis[] = [];
    for await (const result of ner.stream(texts)) seen.push(result);
    expect(seen.map(({ text }) => text)).toEqual(texts);
    const together = await ner(texts);
    expect(seen.map(({ entities }) => rounded(entities))).toEqual(together.map(rounded));
  });

  it("entities below the threshold are left out", async () => {
    const all = await ner(texts[0]!);
    const middle = all.map(({ score }) => score).sort()[Math.floor(all.length / 2)]!;
    expect(await ner(texts[0]!, { threshold: middle })).toEqual(all.filter(({ score }) => score >= middle));
    await expect(ner("Anna", { threshold: 2 })).rejects.toMatchObject({ code: "PACKAGE_OPTION_INVALID" });
  });

  it("an aborted signal rejects with its reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(ner("Anna", { signal })).rejects.toThrow("enough");
    await expect(ner.stream(texts, { signal }).next()).rejects.toThrow("enough");
  });

  it("what is no string is refused with its place", async () => {
    const refused = (input: unknown) => ner(input as string);
    await expect(refused(undefined)).rejects.toMatchObject({ code: "INFER_INPUT_INVALID", where: "input" });
    await expect(refused(["Anna", 7])).rejects.toMatchObject({
      code: "INFER_INPUT_INVALID",
      where: "input 1",
    });
    await expect(refused([["Anna"]])).rejects.toMatchObject({
      code: "INFER_INPUT_INVALID",
      where: "input 0",
    });
    const stream = ner.stream(["Anna", null as unknown as string]);
    expect((await stream.next()).value).toMatchObject({ text: "Anna" });
    await expect(stream.next()).rejects.toMatchObject({ code: "INFER_INPUT_INVALID", where: "input 1" });
  });

  it("offsets cut the entity's text out of the input, whatever the script", async () => {
    const alphabet = [
      ...["a", "Z", "9", " ", " ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\u0000", ".", ",", "'", "-"],
      ...[
        "é",
        "e\u0301",
        "ñ",
        "\u0327",
        "😀",
        "🏳️‍🌈",
        "👩‍👩‍👧",
        "東",
        "京",
        "は",
        "한",
        "ไ",
        "ש",
        "ע",
        "\u202e",
        "\ud800",
        "ﬁ",
      ],
      ...["Anna", "Berlin", "İ", "ß"],
    ];
    const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 80 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 4 }), async (inputs) => {
        const results = await ner(inputs);
        expect(results.length).toBe(inputs.length);
        for (const [index, input] of inputs.entries()) {
          let end = 0;
          for (const entity of results[index]!) {
            expect(input.slice(entity.start, entity.end)).toBe(entity.text);
            expect(entity.start).toBeGreaterThanOrEqual(end);
            expect(entity.end).toBeGreaterThan(entity.start);
            end = entity.end;
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("texts of any length", () => {
  const long = "Anna Wolff lives in Berlin, the city. ".repeat(3000);

  it("the last sentence of a text of 100,000 characters is read as the first", async () => {
    const entities = await ner(long);
    const period = long.length / 3000;
    const relative = (from: number) =>
      entities
        .filter(({ start }) => start >= from && start < from + period)
        .map(({ type, start, end }) => ({ type, start: start - from, end: end - from }));
    expect(relative(0).length).toBeGreaterThan(0);
    expect(relative(long.length - period)).toEqual(relative(0));
  });

  it("a book of a million characters streams through in level memory", async () => {
    const paragraph = "Anna Wolff lives in Berlin, the city.\nzug haus maus laus ".repeat(18);
    async function* paragraphs(count: number) {
      for (let index = 0; index < count; index++) yield paragraph;
    }
    const found = async (count: number): Promise<number> => {
      let entities = 0;
      for await (const analysis of ner.stream(paragraphs(count))) entities += analysis.entities.length;
      return entities;
    };
    const some = await found(100);
    const before = process.memoryUsage().rss;
    expect(await found(1000)).toBe(10 * some);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  });

  it("a million characters in one string take little memory beside what is found", async () => {
    await ner(long);
    const before = process.memoryUsage().rss;
    const { windows } = await ner.analyze(long.repeat(9));
    expect(windows).toBe(27_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 2 ** 20);
  });

  it("one sentence longer than the model takes is tagged to its end", async () => {
    const sentence = "Anna lives in the city ".repeat(400);
    const last = (await ner(sentence)).at(-1)!;
    expect(last.end).toBeGreaterThan(sentence.length - 200);
  });

  it("one word of 100,000 characters is one word", async () => {
    for (const entity of await ner("a".repeat(100_000))) expect(entity.text.length).toBe(100_000);
  });
});

describe("windows", () => {
  const sentence = `${"Anna lives in the city ".repeat(40)}Wolff`;

  it("are said: one a sentence, more for one that the model doesn't take at once", async () => {
    const analysis = await ner.analyze("Anna lives in Berlin. The city is big.");
    expect(analysis).toMatchObject({ windows: 2, truncated: false });
    expect(await ner.analyze("")).toMatchObject({ entities: [], windows: 0, truncated: false });
    const long = await ner.analyze([sentence, "Anna"]);
    expect(long.map(({ truncated }) => truncated)).toEqual([false, false]);
    expect(long[0]!.windows).toBeGreaterThan(3);
    expect(long[1]!.windows).toBe(1);
  });

  it("are one where truncation is asked for, and what is cut off is said", async () => {
    for (const aggregationStrategy of [undefined, "simple"] as const) {
      const options = { aggregationStrategy, truncation: true };
      const cut = await ner.analyze(sentence, options);
      expect(cut).toMatchObject({ windows: 1, truncated: true });
      for (const { end } of cut.entities) expect(end).toBeLessThan(400);
      expect(await ner.analyze("Anna Wolff", options)).toMatchObject({ windows: 1, truncated: false });
    }
  });

  it("of pieces leave none out", async () => {
    for (const text of [sentence, "東京".repeat(300)]) {
      const options = { aggregationStrategy: "none", ignoreLabels: [] } as const;
      const { entities, windows } = await ner.analyze(text, options);
      expect(windows).toBeGreaterThan(3);
      expect(entities.map(({ index }) => index)).toEqual(entities.map((_, place) => place + 1));
      const letters = [...text.matchAll(/\S/g)].length;
      expect(entities.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(letters);
    }
  });
});

describe("stride", () => {
  it.each([{}, { aggregationStrategy: "simple" }] as const)(
    "is what windows share, with %j",
    async (options) => {
      const text = "word ".repeat(300);
      const windows = async (stride?: number) => (await ner.analyze(text, { ...options, stride })).windows;
      const usual = await windows();
      expect(await windows(0)).toBeLessThan(usual);
      expect(await windows(16)).toBeGreaterThan(await windows(4));
      expect(await windows(31)).toBeGreaterThan(usual);
      await expect(windows(64)).rejects.toMatchObject({
        code: "INFER_OPTION_INVALID",
        message: "stride must be less than 64, the maximum length of the model, not 64",
      });
    },
  );
});

describe("entities at the edges of windows", () => {
  it("are found whole: random sentences with names of many words", async () => {
    const reads = { labels: ["B-PER", "I-PER", "O"], reads: ["b", "i", "o"] };
    const oracle = await load(await writeTinyModel(join(scratch, "reads"), reads), { threads: 1 });
    const token = fc.constantFrom("b", "i", "o", "o");
    await fc.assert(
      fc.asyncProperty(fc.array(token, { minLength: 1, maxLength: 400 }), async (tokens) => {
        const text = tokens.join(" ");
        const expected: number[][] = [];
        tokens.forEach((each, word) => {
          const goesOn = each === "i" && word > 0 && tokens[word - 1] !== "o";
          if (goesOn) expected.at(-1)!.push(word);
          else if (each !== "o") expected.push([word]);
        });
        const { entities, windows } = await oracle.analyze(text);
        expect(entities.map(({ words }) => words)).toEqual(expected);
        expect(windows).toBe(tokens.length <= 62 ? 1 : windows);
        const grouped = await oracle(text, { aggregationStrategy: "first" });
        expect(grouped.map(({ words }) => words)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    await oracle.dispose();
  });
});

describe("words instead of a text", () => {
  const words = ["Anna", "Wolff", "lives", "in", "St. Louis", "U.S.", "😀"];

  it("are tagged as they are, and their text is joined with spaces", async () => {
    const { text, entities, windows } = await ner.analyze({ words });
    expect(text).toBe(words.join(" "));
    expect(windows).toBe(1);
    expect(entities.length).toBeGreaterThan(0);
    for (const entity of entities) {
      expect(entity.text).toBe(entity.words.map((word) => words[word]).join(" "));
      expect(text.slice(entity.start, entity.end)).toBe(entity.text);
    }
  });

  it("may stand among texts, in a list and in a stream, and may be none", async () => {
    const inputs = ["Anna", { words }, { words: [] }];
    const list = await ner(inputs);
    expect(list[2]).toEqual([]);
    expect(rounded(list[1]!)).toEqual(rounded(await ner({ words })));
    const streamed: Analysis[] = [];
    for await (const each of ner.stream(inputs)) streamed.push(each);
    expect(streamed.map(({ text }) => text)).toEqual(["Anna", words.join(" "), ""]);
  });
});

describe("options", () => {
  const text = "😀 Anna Wolff lives in Berlin, the city. Zoé in 東京 🏳️‍🌈 Berlin";

  it("code points are what Python counts", async () => {
    const units = await ner(text);
    const points = await ner(text, { offsets: "code-points" });
    const counted = (offset: number) => [...text.slice(0, offset)].length;
    expect(points).toEqual(
      units.map((entity) => ({ ...entity, start: counted(entity.start), end: counted(entity.end) })),
    );
    expect(counted(units.at(-1)!.end)).toBeLessThan(units.at(-1)!.end);
  });

  it("labels are kept or left out", async () => {
    const all = await ner(text);
    const of = (type: string) => all.filter((entity) => entity.type === type);
    expect(of("PER").length).toBeGreaterThan(0);
    expect(of("LOC").length).toBeGreaterThan(0);
    expect(await ner(text, { labels: ["PER"] })).toEqual(of("PER"));
    expect(await ner(text, { ignoreLabels: ["PER"] })).toEqual(of("LOC"));
    expect(await ner(text, { labels: ["PER"], ignoreLabels: ["PER"] })).toEqual([]);
    const tokens = await ner(texts, { aggregationStrategy: "none", labels: ["I-LOC", "O"] });
    expect(new Set(tokens.flat().map(({ label }) => label))).toEqual(new Set(["I-LOC", "O"]));
  });

  it("go together", async () => {
    const all = await ner(text, { aggregationStrategy: "max", offsets: "code-points", labels: ["LOC"] });
    const threshold = all.map(({ score }) => score).sort()[1]!;
    const most = await ner(text, {
      ...{ aggregationStrategy: "max", offsets: "code-points", labels: ["LOC"] },
      ...{ threshold, truncation: true, signal: new AbortController().signal },
    } as const);
    expect(most).toEqual(all.filter(({ score }) => score >= threshold));
  });

  it.each([
    [{ aggregationStrategy: "mean" }, "aggregationStrategy", "none, simple, first, average, max"],
    [{ labels: ["PERS"] }, "labels", "PER, LOC"],
    [{ labels: ["B-PER"] }, "labels", "PER, LOC"],
    [{ labels: ["PER"], aggregationStrategy: "none" }, "labels", "O, B-PER, I-PER, B-LOC, I-LOC"],
    [{ offsets: "bytes" }, "offsets", "utf-16, code-points"],
  ])("%j is refused, and what is possible is said", async (options, where, possible) => {
    const refused = ner(text, options as NerOptions);
    await expect(refused).rejects.toMatchObject({
      code: "INFER_OPTION_INVALID",
      where,
      message: expect.stringContaining(possible),
    });
  });

  it("an option that does not exist is refused", async () => {
    const misspelt = { aggregation_strategy: "simple" } as NerOptions;
    await expect(ner(text, misspelt)).rejects.toMatchObject({ code: "PACKAGE_OPTION_UNKNOWN" });
  });
});

describe("disposing", () => {
  it("waits for calls under way, refuses later ones, and may be repeated", async () => {
    const own = await load(folder, { threads: 1 });
    const stream = own.stream(texts);
    await stream.next();
    const running = own(texts);
    const disposed = own.dispose();
    await expect(own("Anna")).rejects.toMatchObject({ code: "INFER_DISPOSED" });
    expect((await running).length).toBe(texts.length);
    await disposed;
    await own.dispose();
    await expect(own("Anna")).rejects.toMatchObject({ code: "INFER_DISPOSED" });
    await expect(stream.next()).rejects.toMatchObject({ code: "INFER_DISPOSED" });
  });

  it("gives the memory back", async () => {
    const once = async () => {
      const own = await load(folder, { threads: 1 });
      await own(texts[0]!);
      await own.dispose();
    };
    for (let round = 0; round < 5; round++) await once();
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 20; round++) await once();
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 2 ** 20);
  });

  it("await using disposes where the language has it", () => {
    expect(typeof ner[Symbol.asyncDispose]).toBe("function");
  });
});

describe("models", () => {
  it("a base model is refused: it has no head", async () => {
    const base = await writeTinyModel(join(scratch, "base"), { head: false });
    await expect(load(base)).rejects.toMatchObject({ code: "MODEL_HEAD_MISSING" });
  });

  it("a thread count that is none is refused", async () => {
    await expect(load(folder, { threads: 0 })).rejects.toMatchObject({ code: "PACKAGE_OPTION_INVALID" });
  });

  it("BILOU labels and labels without prefixes give the types", async () => {
    for (const labels of [
      ["O", "B-PER", "I-PER", "L-PER", "U-PER"],
      ["O", "PER", "LOC"],
    ]) {
      const own = await load(await writeTinyModel(join(scratch, labels.join()), { labels }));
      expect(own.labels).toEqual(labels);
      const types = new Set((await own(texts[0]!)).map(({ type }) => type));
      expect([...types].filter((type) => !["PER", "LOC"].includes(type))).toEqual([]);
      expect(types.size).toBeGreaterThan(0);
      await own.dispose();
    }
  });
});
