import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { writableNamed } from "../../../src/data/formats/index.js";
import { checkMessages } from "../../../src/data/formats/tables/arrowMessages.js";
import { parseDataset, readDataset } from "../../../src/data/index.js";
import { isNeriumError } from "../../../src/errors.js";
import { namedDataset } from "../../../src/hub/index.js";
import { stride } from "../../breadth.js";
import { processorSeconds } from "../../growth.js";
import { fileOf, type Row } from "./written.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-arrow-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const saved = join(import.meta.dirname, "goldens/saved");
const theirs = readFileSync(join(saved, "train/data-00000-of-00002.arrow"));

describe("what Dataset.save_to_disk leaves", () => {
  it("is read as a folder, without what describes it, with the names of its labels", async () => {
    const { sentences } = await readDataset(join(saved, "train"));
    expect(sentences.map(({ words, tags }) => [words, tags])).toEqual([
      [
        ["Ada", "Lovelace", "é😀"],
        ["B-PER", "I-PER", "O"],
      ],
      [["x"], ["O"]],
    ]);
  });

  it("is a data set with parts, as one that is named", async () => {
    const { files, labels } = await namedDataset(saved);
    expect(files).toEqual({
      train: [0, 1].map((number) => join(saved, `train/data-0000${number}-of-00002.arrow`)),
      validation: [join(saved, "validation/data-00000-of-00001.arrow")],
      test: [],
    });
    expect(labels).toEqual(["O", "B-PER", "I-PER"]);
  });
});

it("Arrow's file format is read by its stream, whatever the file is called", async () => {
  const file = Buffer.concat([
    Buffer.from("ARROW1\0\0"),
    theirs,
    Buffer.from("footer"),
    Buffer.from("ARROW1"),
  ]);
  expect((await parseDataset(file, "data")).sentences).toHaveLength(1);
});

it("one wrong byte, wherever it is, gives data or a named error, at once", async () => {
  for (let at = 0; at < theirs.length; at += stride(7))
    for (const value of [0, 1, 0x7f, 0x80, 0xff, theirs[at]! ^ 1]) {
      const bytes = Buffer.from(theirs);
      bytes[at] = value;
      const seconds = await processorSeconds(() =>
        parseDataset(bytes, "x.arrow").catch((error: unknown) => {
          if (!isNeriumError(error)) throw error;
        }),
      );
      // A few milliseconds are usual; a count that is taken at its word would take minutes.
      expect(seconds, `byte ${at} as ${value}`).toBeLessThan(5);
    }
});

it("a file that is cut off is refused", async () => {
  for (const length of [0, 3, 8, 100, theirs.length - 200])
    await expect(parseDataset(theirs.subarray(0, length), "x.arrow")).rejects.toSatisfy(isNeriumError);
});

it("messages whose lengths lead out of the file, or backwards, are refused", () => {
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = Buffer.from(theirs);
    bytes.writeInt32LE(value, at);
    return bytes;
  };
  expect(() => checkMessages(theirs)).not.toThrow();
  expect(() => checkMessages(changed(4, 2 ** 30))).toThrow("a message of 1073741824 bytes");
  expect(() => checkMessages(changed(4, -8))).toThrow("a message of -8 bytes");
});

const python = process.env.NERIUM_PYTHON;
const hasDatasets = python !== undefined && spawnSync(python, ["-c", "import datasets"]).status === 0;
const PROGRAM = `
import json, sys
from datasets import Dataset
data = Dataset.from_file(sys.argv[1])
names = data.features["ner_tags"].feature.names
print(json.dumps([[row["tokens"], [names[tag] for tag in row["ner_tags"]], row["document"]] for row in data]))`;

test.skipIf(!hasDatasets)(
  "Hugging Face's datasets reads what is written, as ClassLabel (needs NERIUM_PYTHON)",
  () => {
    const rows: Row[] = [
      [["Ada", "Lovelace"], ["B-PER", "I-PER"], 0],
      [["東京", "😀"], ["B-LOC", "O"], 1],
    ];
    const file = join(scratch, "ours.arrow");
    writeFileSync(file, fileOf(writableNamed("arrow"), rows));
    const { stdout, stderr } = spawnSync(python!, ["-c", PROGRAM, file], { encoding: "utf8" });
    expect(stdout, stderr).not.toBe("");
    expect(JSON.parse(stdout)).toEqual(rows);
  },
);
