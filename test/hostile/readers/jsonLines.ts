import { parseDataset } from "../../../src/data/index.js";
import { mutateBytes } from "../mutate/bytes.js";
import { type Json, jsonOf, jsonText, mutateJson } from "../mutate/json.js";
import { mutateLines } from "../mutate/lines.js";
import type { Random } from "../mutate/random.js";
import type { Reader } from "../reader.js";
import { requireConsistent } from "./columns.js";

const NAME = "train.jsonl";

const SEEDS: readonly (readonly Json[])[] = [
  [
    { tokens: ["Ada", "Lovelace", "met", "Ada"], ner_tags: ["B-PER", "I-PER", "O", "B-PER"] },
    { tokens: ["東京"], ner_tags: ["B-LOC"] },
    { tokens: [], ner_tags: [] },
  ],
  [
    { id: "0", document: 1, tokens: ["Ada", "rains"], ner_tags: [1, 0] },
    { id: "1", document: 2, tokens: ["Turin"], ner_tags: [2] },
  ],
  [{ words: ["-DOCSTART-"] }, { words: ["Ada", "rains"] }, { words: ["Turin"] }],
  [{ document_id: "a", words: ["Ada", "rains"], tags: ["PER", "O"] }],
].map((lines) => lines.map(jsonOf));

const textOf = (lines: readonly Json[]) => lines.map((line) => `${jsonText(line)}\n`).join("");
const TEXTS = SEEDS.map(textOf);
const ALL = TEXTS.map((text) => Buffer.from(text));

function mutatedText(random: Random): string {
  const lines = random.of(SEEDS);
  const at = random.below(lines.length);
  let json = lines[at]!;
  for (let edits = 1 + random.below(3); edits > 0; edits--)
    json = mutateJson(json, random.of(random.of(SEEDS)), random);
  return textOf(lines.with(at, json));
}

/** JSON Lines, with names for integer tags. */
export const jsonLines: Reader = {
  name: "jsonLines",
  weight: 1,

  make(random) {
    const text = mutatedText(random);
    const bytes = Buffer.from(random.chance(0.2) ? mutateLines(text, random.of(TEXTS), random) : text);
    return { [NAME]: random.chance(0.2) ? mutateBytes(bytes, ALL, random) : bytes };
  },

  async read(files) {
    requireConsistent(await parseDataset(files[NAME]!, NAME, { labels: ["O", "B-PER", "B-LOC"] }));
  },
};
