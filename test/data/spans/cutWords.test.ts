import { describe, expect, it } from "vitest";
import { parseDataset, type ReadOptions, type SpanProblem } from "../../../src/data/index.js";

async function read(records: readonly object[], options: ReadOptions = {}) {
  const notes: string[] = [];
  const problems: SpanProblem[] = [];
  const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const { sentences } = await parseDataset(bytes, "d.jsonl", {
    onNote: (note) => notes.push(note),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  return {
    sentences: sentences.map(({ words, tags }) => words.map((word, at) => `${word} ${tags[at]}`).join(", ")),
    notes,
    outcomes: problems.map(({ text, outcome }) => [text, outcome]),
  };
}

const record = (text: string, ...names: string[]) => ({
  text,
  spans: names.map((name) => ({
    start: text.indexOf(name),
    end: text.indexOf(name) + name.length,
    label: "X",
  })),
});

describe("in scripts without spaces", () => {
  it("a span that ends within a Chinese word makes every character of the data a word", async () => {
    const found = await read([record("张国荣耀眼登场", "张国荣"), record("我在北京", "北京")]);
    expect(found.sentences).toEqual([
      "张 B-X, 国 I-X, 荣 I-X, 耀 O, 眼 O, 登 O, 场 O",
      "我 O, 在 O, 北 B-X, 京 I-X",
    ]);
    expect(found.notes).toEqual([
      "d.jsonl: entities end within Chinese or Japanese words, so each character is a word",
    ]);
  });

  it("words stay those of the dictionary where all spans fit them, and where that is asked", async () => {
    const fits = await read([record("東京は日本の首都", "日本")]);
    expect(fits).toEqual({ sentences: ["東京 O, は O, 日本 B-X, の O, 首都 O"], notes: [], outcomes: [] });
    const asked = await read([record("张国荣耀眼登场", "张国荣")], { words: { unspaced: "words" } });
    expect(asked.sentences[0]).toMatch(/荣 I-X, 耀 O/);
    expect(asked.outcomes).toEqual([["张国荣", "split"]]);
  });

  it("a word of another such script is cut where the span ends, whatever the policy", async () => {
    const text = "ประเทศไทยอยู่ในเอเชีย";
    for (const policy of ["error", "widen", "drop", "split"] as const) {
      const found = await read([record(text, "ไทย")], { policy });
      expect(found.sentences).toEqual(["ประเทศ O, ไทย B-X, อยู่ O, ใน O, เอเชีย O"]);
      expect(found.outcomes).toEqual([["ไทย", "split"]]);
    }
  });

  it("a word is not cut between a letter and its mark", async () => {
    await expect(read([record("ที่นี่", "ที")])).rejects.toMatchObject({ code: "DATA_SPANS_UNFIT" });
  });
});

describe("the policy split", () => {
  it("cuts words where spans begin and end", async () => {
    const text = "Die Bundesligavereine kamen";
    const found = await read([record(text, "Bundesliga")], { policy: "split" });
    expect(found.sentences).toEqual(["Die O, Bundesliga B-X, vereine O, kamen O"]);
    expect(found.outcomes).toEqual([["Bundesliga", "split"]]);
  });

  it("makes hyphens words in all texts if a span ends at one", async () => {
    const device = {
      text: "AHU-G1-V-1-1-Ctrl-Md",
      spans: [
        { start: 0, end: 12, label: "EQ" },
        { start: 13, end: 20, label: "P" },
      ],
    };
    const found = await read([record("a well-known 500-Gutschein", "500-Gutschein"), device], {
      policy: "split",
    });
    expect(found.sentences).toEqual([
      "a O, well O, - O, known O, 500 B-X, - I-X, Gutschein I-X",
      "AHU B-EQ, - I-EQ, G1 I-EQ, - I-EQ, V I-EQ, - I-EQ, 1-1 I-EQ, - O, Ctrl B-P, - I-P, Md I-P",
    ]);
    expect(found.notes).toEqual(["d.jsonl: entities end at hyphens within words, so each hyphen is a word"]);
    expect(found.outcomes).toEqual([]);
  });

  it("leaves compounds whole if no span ends within one, and where that is asked", async () => {
    const whole = record("Volkswagen-owned", "Volkswagen-owned");
    expect((await read([whole], { policy: "split" })).sentences).toEqual(["Volkswagen-owned B-X"]);
    const asked = await read([record("Volkswagen-owned", "Volkswagen")], {
      policy: "split",
      words: { hyphens: "join" },
    });
    expect(asked.sentences).toEqual(["Volkswagen B-X, -owned O"]);
  });

  it("does not change a span: what no word can hold is dropped", async () => {
    const text = "Ada Lovelace 😀";
    const spans = [
      { start: 0, end: 7, label: "X" },
      { start: 5, end: 9, label: "Y" },
      { start: 40, end: 44, label: "Z" },
    ];
    const found = await read([{ text, spans }], { policy: "split" });
    expect(found.sentences).toEqual(["Ada B-X, Lov I-X, elace O, 😀 O"]);
    expect(found.outcomes.filter(([, outcome]) => outcome === "dropped")).toHaveLength(2);
  });
});

describe("tokens of a record", () => {
  const tokens =
    (...places: [number, number][]) =>
    (text: string) =>
      places.map(([start, end], id) => ({ text: text.slice(start, end), start, end, id, ws: true }));
  const text = "AHU-G1 is\n on.";
  const own = tokens([0, 3], [3, 4], [4, 6], [7, 9], [9, 10], [11, 13], [13, 14])(text);

  it("are its words, without those of white space", async () => {
    const found = await read([{ ...record(text, "G1"), tokens: own }]);
    expect(found).toEqual({
      sentences: ["AHU O, - O, G1 B-X, is O", "on O, . O"],
      notes: [],
      outcomes: [],
    });
  });

  it("that do not cover the text are ignored, and counted in one note", async () => {
    const wrong = { ...record(text, "AHU-G1"), tokens: own.slice(1) };
    const found = await read([{ ...record("Ada", "Ada"), tokens: tokens([0, 3])("Ada") }, wrong, wrong]);
    expect(found.sentences).toEqual([
      "Ada B-X",
      "AHU-G1 B-X, is O",
      "on O, . O",
      "AHU-G1 B-X, is O",
      "on O, . O",
    ]);
    expect(found.notes).toEqual([
      "d.jsonl:2: ignored the tokens of 2 records, because they do not cover their text",
    ]);
  });

  it("that a span cuts are a matter of the policy", async () => {
    const cut = { ...record(text, "G"), tokens: own };
    await expect(read([cut])).rejects.toMatchObject({ code: "DATA_SPANS_UNFIT", where: "d.jsonl:1" });
    expect((await read([cut], { policy: "split" })).sentences[0]).toContain("G B-X, 1 O");
  });
});
