import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { writableNamed } from "../../../src/data/formats/index.js";
import type { Sentence } from "../../../src/text/sentence.js";
import { filesOf } from "../../data/formats/written.js";
import { mutateBytes } from "../mutate/bytes.js";
import type { Random } from "../mutate/random.js";
import type { Reader } from "../reader.js";
import { readData } from "./dataFormats.js";

const SENTENCES: readonly (readonly Sentence[])[] = [
  [
    { words: ["Ada", "Lovelace"], tags: ["B-PER", "I-PER"], document: 0, line: 1 },
    { words: ["東京"], tags: ["B-LOC"], document: 1, line: 2 },
  ],
  [{ words: ["a"], tags: [], document: 0, line: 1 }],
];

/** What Nerium writes, and what the libraries of others do. */
const seedsOf = (format: string, ...goldens: readonly string[]): Buffer[] => [
  ...SENTENCES.flatMap((sentences) => Object.values(filesOf(writableNamed(format), sentences))),
  ...goldens.map((name) => readFileSync(join(import.meta.dirname, "../../data/formats/goldens", name))),
];

/** A file with some other bytes in their places, with edits, or as a broken download leaves it. */
function wrong(seeds: readonly Buffer[], random: Random): Buffer {
  const seed = random.of(seeds);
  if (random.chance(0.5)) return otherBytes(seed, random);
  if (random.chance(0.5)) return mutateBytes(seed, seeds, random);
  const cut = seed.subarray(0, random.below(seed.length + 1));
  return random.chance(0.5) ? cut : Buffer.concat([cut, random.of(seeds)]);
}

/** Everything stays where offsets say that it is, and is read as what it is. */
function otherBytes(seed: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(seed);
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    const at = random.below(bytes.length);
    bytes[at] = random.of([0, 0x7f, 0x80, 0xff, bytes[at]! ^ (1 << random.below(8)), random.below(256)]);
  }
  return bytes;
}

function binaryFormat(name: string, file: string, make: (random: Random) => Buffer): Reader {
  return { name, weight: 1, make: (random) => ({ [file]: make(random) }), read: readData };
}

const tables = seedsOf("parquet", "datasets.parquet", "dictionaries.parquet", "differences.parquet");
export const parquet = binaryFormat("parquet", "a.parquet", (random) => wrong(tables, random));

const streams = seedsOf("arrow", "saved/train/data-00000-of-00002.arrow");
export const arrow = binaryFormat("arrow", "a.arrow", (random) => wrong(streams, random));

const archives = seedsOf("spacy-docbin", "docbin.spacy");
const archived = archives.map((bytes) => inflateSync(bytes));
/** A checksum ends most changes of the file itself, so that what is inside is changed more often. */
export const docBin = binaryFormat("docbin", "a.spacy", (random) =>
  random.chance(0.2) ? wrong(archives, random) : deflateSync(wrong(archived, random), { level: 1 }),
);
