/** Tags are changed in the file's own format, and nothing else is. */
import { describe, expect, it } from "vitest";
import type { ReadOptions } from "../../../src/data/index.js";
import { areIn, parseDataset, requireEditable, reversed, spliced, wordsIn } from "../../../src/data/index.js";

/** Changes the tags of one sentence. */
async function editTags(
  bytes: Buffer,
  file: string,
  { index, tags }: { readonly index: number; readonly tags: readonly string[] },
  options: ReadOptions,
) {
  const { sentences } = await parseDataset(bytes, file, options);
  const { words, tags: now } = sentences[index]!;
  const first = sentences.slice(0, index).reduce((sum, each) => sum + each.words.length, 0);
  const found = await wordsIn(bytes, file, { first, words }, options);
  expect(found!.tags).toEqual(now);
  return found!.withTags(tags);
}

const edited = async (
  file: string,
  text: string,
  index: number,
  tags: readonly string[],
  options: ReadOptions = {},
): Promise<string> => {
  const { bytes, splices } = await editTags(Buffer.from(text), file, { index, tags }, options);
  const after = bytes.toString();
  expect(spliced(text, splices)).toBe(after);
  expect(areIn(after, reversed(splices))).toBe(true);
  expect(spliced(after, reversed(splices))).toBe(text);
  const before = await parseDataset(Buffer.from(text), file, options);
  const { sentences } = await parseDataset(bytes, file, options);
  expect(sentences.map((each) => each.tags)).toEqual(
    before.sentences.map((each, at) => (at === index ? tags : each.tags)),
  );
  return after;
};

describe("columns", () => {
  it("keep other columns, white space, comments and line breaks", async () => {
    const text =
      "\ufeff-DOCSTART- -X- O\r\n\r\n# id = 1\r\nAda  NNP\tB-PER\r\nlived VBD  O\r\nhere RB O \r\n\r\nin IN O\r\nParis NNP B-LOC\r\n";
    expect(await edited("a.conll", text, 0, ["O", "O", "B-LOC"])).toBe(
      text.replace("\tB-PER", "\tO").replace("RB O ", "RB B-LOC "),
    );
    expect(await edited("a.conll", text, 1, ["B-LOC", "I-LOC"])).toBe(
      text.replace("IN O", "IN B-LOC").replace("NNP B-LOC", "NNP I-LOC"),
    );
  });

  it.each([
    [
      "IOBES",
      "A S-PER\nB O\nC B-LOC\nD E-LOC\n\nE O\n",
      ["B-PER", "I-PER", "O", "O"],
      "A B-PER\nB E-PER\nC O\nD O\n\nE O\n",
    ],
    [
      "IOB1",
      "A I-PER\nB I-PER\nC O\nD I-PER\n\nE I-LOC\nF O\n",
      ["B-PER", "B-PER", "O", "B-PER"],
      "A I-PER\nB B-PER\nC O\nD I-PER\n\nE I-LOC\nF O\n",
    ],
    [
      "another spelling",
      "A B_PER\nB O\nC I_PER\nD O\n\nE B_LOC\nF I_LOC\n",
      ["B-LOC", "I-LOC", "B-PER", "O"],
      "A B_LOC\nB I_LOC\nC B_PER\nD O\n\nE B_LOC\nF I_LOC\n",
    ],
  ])("keep their scheme: %s", async (_, text, tags, after) => {
    expect(await edited("a.conll", text, 0, tags)).toBe(after);
  });

  it("have tabs, empty cells and words with spaces", async () => {
    const text = "New York\t\tB-LOC\nis\tx\tO\n\nbig\t\tO\n";
    expect(await edited("a.tsv", text, 0, ["O", "B-LOC"])).toBe("New York\t\tO\nis\tx\tB-LOC\n\nbig\t\tO\n");
  });

  it("of CSV keep quotes", async () => {
    const text =
      'id,Sentence #,Word,POS,Tag\n7,1,"Acme, ""Inc""",NN,"B-ORG"\n8,,hired,VB,O\n9,2,her,PR,O\n10,,Ada,NN,B-PER\n';
    expect(await edited("a.csv", text, 0, ["O", "B-ORG"])).toBe(
      text.replace('"B-ORG"', '"O"').replace("VB,O", "VB,B-ORG"),
    );
  });
});

describe("JSON Lines with tags", () => {
  it("keep other fields, spaces and numbers", async () => {
    const text =
      '{"id": 12345678901234567890, "tokens": ["Ada", "O"], "ner_tags": ["B-PER", "O"], "score": 1.0}\n{"tokens":["x"],"ner_tags":["O"]}\n';
    expect(await edited("a.jsonl", text, 0, ["O", "B-PER"])).toBe(
      text.replace('["B-PER", "O"], "score"', '["O", "B-PER"], "score"'),
    );
    const numbers = '[{"tokens": ["Ada", "x"], "ner_tags": [1, 0]}, {"tokens": ["x"], "ner_tags": [0]}]';
    const labels = ["O", "B-PER", "I-PER"];
    expect(await edited("a.json", numbers, 0, ["B-PER", "I-PER"], { labels })).toBe(
      numbers.replace("[1, 0]", "[1, 2]"),
    );
  });
});

describe("doccano", () => {
  it("keeps all but the changed entity", async () => {
    const text =
      '{"id": 1, "text": "Ada 😀 met Bob.", "label": [[0, 3, "PER"], [10, 13, "PER"]], "Comments": ["why?"]}\n{"id":2,"text":"Ada 😀 met Bob.","label":[]}\n';
    expect(await edited("a.jsonl", text, 0, ["B-PER", "O", "O", "B-LOC", "O"])).toBe(
      text.replace('[10, 13, "PER"]', '[10,13,"LOC"]'),
    );
    expect(await edited("a.jsonl", text, 0, ["O", "O", "O", "B-PER", "O"])).toBe(
      text.replace('[[0, 3, "PER"], [10, 13, "PER"]]', '[[10, 13, "PER"]]'),
    );
    expect(await edited("a.jsonl", text, 1, ["O", "O", "O", "B-PER", "O"])).toBe(
      text.replace('"label":[]', '"label":[[10,13,"PER"]]'),
    );
  });

  it("with relations keeps the id of an entity whose type or boundary changes", async () => {
    const text =
      '{"id": 1, "text": "Ada Lovelace met Bob", "entities": [{"id": 7, "label": "PER", "start_offset": 0, "end_offset": 3}], "relations": [{"id": 1, "from_id": 7, "to_id": 7, "type": "x"}]}\n';
    expect(await edited("a.jsonl", text, 0, ["B-ORG", "I-ORG", "O", "B-PER"])).toBe(
      text.replace(
        '[{"id": 7, "label": "PER", "start_offset": 0, "end_offset": 3}]',
        '[{"id":7,"label":"ORG","start_offset":0,"end_offset":12}, {"id":8,"start_offset":17,"end_offset":20,"label":"PER"}]',
      ),
    );
  });
});

it("Prodigy's records keep their fields", async () => {
  const text =
    '{"text":"Ada met Bob","spans":[{"start":0,"end":3,"label":"PER","token_start":0,"token_end":0}],"answer":"accept","meta":{"a":1}}\n';
  expect(await edited("a.jsonl", text, 0, ["B-LOC", "O", "B-PER"])).toBe(
    text.replace(
      /"spans":\[.*\],"answer/,
      '"spans":[{"start":0,"end":3,"label":"LOC","token_start":0,"token_end":0}, {"start":8,"end":11,"label":"PER"}],"answer',
    ),
  );
});

describe("Label Studio", () => {
  const region = (id: string, start: number, end: number, text: string, label: string) => ({
    ...{ id, from_name: "ner", to_name: "doc", type: "labels", origin: "manual" },
    value: { start, end, text, labels: [label] },
  });
  const task = (id: number, text: string, result: unknown[]) => ({
    id,
    data: { doc: text, source: "web" },
    annotations: [
      { id: 1, was_cancelled: true, result: [] },
      { id: 2, completed_by: 3, lead_time: 1.5, result },
    ],
    meta: { a: [1] },
  });
  const relation = { from_id: "a", to_id: "b", type: "relation", direction: "right" };
  const tasks = [
    task(1, "Ada met Bob.", [region("a", 0, 3, "Ada", "PER"), region("b", 8, 11, "Bob", "LOC"), relation]),
    task(2, "Ada met Bob.", []),
  ];

  it.each([undefined, 2])("keeps ids, relations and all other fields (indent %s)", async (indent) => {
    const after = JSON.parse(
      await edited("a.json", JSON.stringify(tasks, null, indent), 0, ["B-PER", "O", "B-PER", "O"]),
    );
    const expected = structuredClone(tasks) as typeof tasks;
    expected[0]!.annotations[1]!.result[1] = region("b", 8, 11, "Bob", "PER");
    expect(after).toEqual(expected);
  });

  it("gets new regions", async () => {
    const after = JSON.parse(await edited("a.json", JSON.stringify(tasks), 1, ["O", "O", "B-PER", "O"]));
    expect(after[0]).toEqual(tasks[0]);
    expect(after[1].annotations[1].result).toEqual([
      {
        ...{ id: "nerium-8-11", from_name: "label", to_name: "text", type: "labels" },
        value: { start: 8, end: 11, text: "Bob", labels: ["PER"] },
      },
    ]);
  });
});

describe("what cannot be changed in place is refused", () => {
  const failing = (file: string, text: string, tags: readonly string[], options: ReadOptions = {}) =>
    editTags(Buffer.from(text), file, { index: 0, tags }, options);

  it("because of its format or encoding", async () => {
    const webAnno =
      "#FORMAT=WebAnno TSV 3.2\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\n\n#Text=Ada x\n1-1\t0-3\tAda\tPER\t\n1-2\t4-5\tx\t_\t\n";
    await expect(failing("a.tsv", webAnno, ["O", "O"])).rejects.toMatchObject({
      code: "DATA_EDIT_UNSUPPORTED",
    });
    await expect(requireEditable(Buffer.from(webAnno), "a.tsv", {})).rejects.toMatchObject({
      code: "DATA_EDIT_UNSUPPORTED",
    });
    const utf16 = Buffer.from("\ufeffAda B-PER\nx O\n", "utf16le");
    await expect(requireEditable(utf16, "a.conll", {})).rejects.toMatchObject({
      code: "DATA_EDIT_UNSUPPORTED",
    });
    await expect(requireEditable(Buffer.from("Ada B-PER\n"), "a.conll", {})).resolves.toBeUndefined();
    await expect(editTags(utf16, "a.conll", { index: 0, tags: ["O", "O"] }, {})).rejects.toMatchObject({
      code: "DATA_EDIT_UNSUPPORTED",
    });
  });

  it("because the file would be read otherwise", async () => {
    // The inner entity is not read as long as the outer one is there.
    const text = '{"text": "Bank of Ada", "label": [[0, 11, "ORG"], [8, 11, "PER"]]}\n';
    await expect(failing("a.jsonl", text, ["O", "O", "O"], { policy: "widen" })).rejects.toMatchObject({
      code: "DATA_EDIT_FAILED",
      where: "a.jsonl:1",
    });
    // A type with a space would be another column.
    await expect(failing("a.conll", "Ada B-PER\nx O\n", ["B-big city", "O"])).rejects.toMatchObject({
      code: "DATA_EDIT_FAILED",
    });
  });
});

describe("words", () => {
  const text = '{"text": "Acme Inc. The firm grew. Bob left.", "label": [[0, 13, "ORG"]]}\n';
  const read = async (bytes: Buffer) =>
    (await parseDataset(bytes, "a.jsonl", {})).sentences.map(({ words }) => words.join(" "));

  it("are found by their place, wherever sentences end", async () => {
    const before = await read(Buffer.from(text));
    expect(before).toEqual(["Acme Inc. The firm grew .", "Bob left ."]);
    const words = before[0]!.split(" ");
    const sentence = await wordsIn(Buffer.from(text), "a.jsonl", { first: 0, words }, {});
    const none = words.map(() => "O");
    const { bytes, splices } = await sentence!.withTags(none);
    // Without the entity, a sentence ends inside these words.
    expect(await read(bytes)).toEqual(["Acme Inc.", "The firm grew .", "Bob left ."]);
    const after = await wordsIn(bytes, "a.jsonl", { first: 0, words }, {});
    expect(after!.tags).toEqual(none);
    expect(spliced(bytes.toString(), reversed(splices))).toBe(text);
    const bob = await wordsIn(bytes, "a.jsonl", { first: words.length, words: ["Bob", "left", "."] }, {});
    const tagged = await bob!.withTags(["B-PER", "O", "O"]);
    expect(tagged.bytes.toString()).toContain('[25,28,"PER"]');
  });

  it("are not found where others are", async () => {
    for (const place of [
      { first: 1, words: ["Acme"] },
      { first: 0, words: ["Acme", "Inc.", "It"] },
      { first: 99, words: ["Acme"] },
      { first: 8, words: [".", "more"] },
    ])
      expect(await wordsIn(Buffer.from(text), "a.jsonl", place, {})).toBeUndefined();
  });

  it("of a CSV may have line breaks before and in them", async () => {
    const csv =
      'Sentence #,Word,Tag\r\nSentence: 1,"a\rb",O\r\n,"c\nd",O\r\nSentence: 2,"Ada\r\nL",O\r\n,x,O\r\n';
    const { sentences } = await parseDataset(Buffer.from(csv), "a.csv", {});
    const { words } = sentences[1]!;
    expect(words[1]).toBe("x");
    const found = await wordsIn(Buffer.from(csv), "a.csv", { first: 2, words }, {});
    const { bytes } = await found!.withTags(["B-PER", "O"]);
    expect(bytes.toString()).toBe(csv.replace('L",O', 'L",B-PER'));
  });
});
