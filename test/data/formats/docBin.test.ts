import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { decode, encode } from "@msgpack/msgpack";
import { afterAll, describe, expect, it, test } from "vitest";
import { writableNamed } from "../../../src/data/formats/index.js";
import { murmurHash64 } from "../../../src/data/formats/spacy/murmurHash.js";
import { spacySymbols } from "../../../src/data/formats/spacy/spacySymbols.js";
import { parseDataset } from "../../../src/data/index.js";
import { isNeriumError } from "../../../src/errors.js";
import { stride } from "../../breadth.js";
import { fileOf, type Row } from "./written.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-docbin-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const theirs = readFileSync(join(import.meta.dirname, "goldens/docbin.spacy"));

it("a string is the 64-bit murmur hash that spaCy's StringStore has", () => {
  expect(murmurHash64("Ada", 1n)).toBe(13014124235272500476n);
});

it("what spaCy wrote is read: symbols as words and types, sentences, documents, without white space", async () => {
  const { sentences } = await parseDataset(theirs, "train.spacy");
  expect(sentences.map(({ words, tags, document }) => [words.join(" "), tags.join(" "), document])).toEqual([
    [
      "agent Ada Lovelace met the ORG Nexora in São Paulo . 😀",
      "O B-PERSON I-PERSON O O O B-ORG O O O O O",
      0,
    ],
    ["Turin rains .", "B-MY TYPE O O", 1],
    ["Go", "O", 1],
    ["nothing", "-100", 2],
  ]);
});

describe("a file that is damaged", () => {
  it.each([
    ["cut off", theirs.subarray(0, 100)],
    ["no archive", Buffer.from("PK no")],
    ["of other contents", deflateSync(encode([1, 2]))],
    ["of no tokens' length", changed({ lengths: new Uint8Array(8) })],
    ["without entities", changed({ attrs: [65, 66, 67, 68] })],
    ["without a string", changed({ strings: ["agent"] })],
    ["blown up", deflateSync(Buffer.alloc(2 ** 27))],
  ])("%s is refused by name", async (_, bytes) => {
    await expect(parseDataset(bytes, "x.spacy")).rejects.toMatchObject({
      code: "DATA_DOCBIN_INVALID",
      where: "x.spacy",
    });
  });

  it("at any byte gives data or a named error", async () => {
    const unpacked = inflateSync(theirs);
    for (let at = 0; at < unpacked.length; at += stride(7))
      for (const value of [0, 0x7f, 0xc1, 0xdf, 0xff]) {
        const bytes = Buffer.from(unpacked);
        bytes[at] = value;
        await parseDataset(deflateSync(bytes, { level: 1 }), "x.spacy").catch((error: unknown) => {
          if (!isNeriumError(error)) throw error;
        });
      }
  });
});

function changed(fields: Record<string, unknown>): Buffer {
  const contents = decode(inflateSync(theirs)) as Record<string, unknown>;
  return deflateSync(encode({ ...contents, ...fields }));
}

const python = process.env.NERIUM_PYTHON;
const hasSpacy = python !== undefined && spawnSync(python, ["-c", "import spacy"]).status === 0;
const PROGRAM = `
import json, sys, spacy
from spacy.symbols import IDS
from spacy.tokens import DocBin
docs = DocBin().from_disk(sys.argv[1]).get_docs(spacy.blank("en").vocab)
texts = [[[t.text for t in s], [t.ent_iob_ + ("-" + t.ent_type_ if t.ent_type_ else "") for t in s]] for d in docs for s in d.sents]
print(json.dumps([texts, sorted(IDS, key=IDS.get)]))`;

test.skipIf(!hasSpacy)(
  "spaCy reads what is written, and has the symbols that are known here (needs NERIUM_PYTHON with spaCy)",
  () => {
    const rows: Row[] = [
      [["Ada", "Lovelace", "agent"], ["B-PERSON", "I-PERSON", "O"], 0],
      [["東京", "😀"], ["B-MY TYPE", "O"], 0],
      [["ORG"], ["B-ORG"], 1],
    ];
    const file = join(scratch, "ours.spacy");
    writeFileSync(file, fileOf(writableNamed("spacy-docbin"), rows));
    const { stdout, stderr } = spawnSync(python!, ["-c", PROGRAM, file], { encoding: "utf8" });
    expect(stdout, stderr).not.toBe("");
    const [texts, symbols] = JSON.parse(stdout);
    expect(texts).toEqual(rows.map(([words, tags]) => [words, tags]));
    expect(symbols.slice(0, spacySymbols.length)).toEqual(spacySymbols);
  },
);
