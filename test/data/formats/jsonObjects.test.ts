/** JSON objects over several lines, one or more in a file. */
import { expect, it } from "vitest";
import { jsonRecords } from "../../../src/data/formats/json/jsonRecords.js";
import { parseDataset } from "../../../src/data/index.js";

const records = (text: string) =>
  [
    ...jsonRecords(
      text.split("\n").map((line, index) => ({ text: line, number: index + 1 })),
      "x.json",
    ),
  ].map(({ value, line }) => [value, line]);

it("an object may be on any number of lines, and others may follow it", () => {
  const one = { text: 'a "{[\\" b', spans: [{ start: 0, end: 1 }], more: {} };
  const two = { text: "b", spans: [] };
  expect(records(JSON.stringify(one, undefined, 2))).toEqual([[one, 1]]);
  expect(records(`\n${JSON.stringify(one, undefined, 2)}\n\n${JSON.stringify(two, undefined, 1)}\n`)).toEqual(
    [
      [one, 2],
      [two, 13],
    ],
  );
  expect(records(`{"a":\n1}{"b": 2} {"c":\n3}`)).toEqual([
    [{ a: 1 }, 1],
    [{ b: 2 }, 2],
    [{ c: 3 }, 2],
  ]);
});

it.each([
  ["does not end", '{\n"a": 1\n', 1],
  ["has something before the next one", '{\n"a": 1\n}\n,\n{"b": 2}', 4],
  ["is not valid", '{\n"a": 1,\n}\n', 1],
])("an object that %s is refused with its line", (_, text, line) => {
  expect(() => records(text)).toThrow(
    expect.objectContaining({ code: "DATA_JSON_INVALID", where: `x.json:${line}` }),
  );
});

it.each([
  ["words and tags", { tokens: ["Ada", "met"], ner_tags: ["B-PER", "O"] }],
  ["a text and spans", { text: "Ada met", spans: [{ start: 0, end: 3, label: "PER" }] }],
  [
    "a task of Label Studio",
    {
      id: 1,
      data: { text: "Ada met" },
      annotations: [
        { result: [{ type: "labels", value: { start: 0, end: 3, text: "Ada", labels: ["PER"] } }] },
      ],
    },
  ],
])("a file may be one object: %s", async (_, record) => {
  const { sentences } = await parseDataset(Buffer.from(JSON.stringify(record, undefined, 2)), "x.json");
  expect(sentences.map(({ words, tags }) => [words, tags])).toEqual([
    [
      ["Ada", "met"],
      ["B-PER", "O"],
    ],
  ]);
});
