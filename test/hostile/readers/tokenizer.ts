import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadTokenizer } from "../../../src/tokenize/index.js";
import { mutateBytes } from "../mutate/bytes.js";
import { type Json, jsonOf, jsonText, mutateJson } from "../mutate/json.js";
import { mutateLines } from "../mutate/lines.js";
import type { Random } from "../mutate/random.js";
import { type Files, type Reader, requireThat } from "../reader.js";
import { fillFolder } from "./folder.js";
import { BERT, DEBERTA, EUROBERT, ROBERTA } from "./tokenizerJson.js";

const golden = (path: string) =>
  readFileSync(join(import.meta.dirname, "../../tokenize/goldens", path), "utf8");

/** A model folder's tokenizer: texts that are JSON, and texts of lines. */
type Seed = Readonly<Record<string, Json | string>>;

const json = (path: string) => jsonOf(JSON.parse(golden(path)));
const config = (family: string) => ({ "tokenizer_config.json": json(`${family}/tokenizer_config.json`) });

const SEEDS: readonly Seed[] = [
  { ...config("bert-cased"), "vocab.txt": golden("bert-cased/vocab.txt") },
  {
    ...config("roberta"),
    "vocab.json": json("roberta/vocab.json"),
    "merges.txt": golden("roberta/merges.txt"),
  },
  { ...config("xlm-roberta"), "tokenizer.json": json("xlm-roberta/tokenizer.json") },
  { ...config("bert-uncased"), "tokenizer.json": jsonOf(BERT) },
  { ...config("roberta"), "tokenizer.json": jsonOf(ROBERTA) },
  { "tokenizer.json": jsonOf(BERT) },
  { ...config("roberta"), "tokenizer.json": jsonOf(EUROBERT) },
  { "tokenizer.json": jsonOf(DEBERTA) },
];
const textOf = (content: Json | string) => (typeof content === "string" ? content : jsonText(content));
const ALL = SEEDS.flatMap((seed) => Object.values(seed).map((content) => Buffer.from(textOf(content))));

/** Words that normalizers, byte levels and vocabularies treat each in a way of their own. */
const WORDS = [
  ...[
    "Ada",
    "lovelace",
    "zzzz",
    "ﬁ½",
    "",
    " ",
    "  a  ",
    "\0",
    "\ud800",
    "東京",
    "e\u0301ſẞ",
    "👩‍👩‍👧",
    "[MASK]",
    "<mask>",
  ],
  ...["a".repeat(300), "▁▁▁", "\u0301".repeat(50), "don't", "\u2028", "ﷺ"],
];

const TEXT = WORDS.join(" ");

function mutated(content: Json | string, donor: Json | string, random: Random): Buffer {
  let text: string;
  if (typeof content === "string") text = mutateLines(content, textOf(donor), random);
  else {
    let json = content;
    for (let edits = 1 + random.below(3); edits > 0; edits--)
      json = mutateJson(json, typeof donor === "string" ? content : donor, random);
    text = jsonText(json);
  }
  return random.chance(0.1) ? mutateBytes(Buffer.from(text), ALL, random) : Buffer.from(text);
}

/** Loads a tokenizer, cuts words and texts of all kinds, and loads what it saves. */
export async function readTokenizer(files: Files, folder: string): Promise<void> {
  fillFolder(folder, files);
  const loaded = await loadTokenizer(folder);
  for (const [role, id] of Object.entries(loaded.specialIds))
    requireThat(Number.isInteger(id) && id >= 0 && id < loaded.vocabSize, `${role} is ${id}`);
  requireThat(loaded.modelMaxLength >= 1, `sequences of ${loaded.modelMaxLength}`);
  const [sentence, ...more] = await loaded.encodeWords([WORDS]);
  requireThat(more.length === 0 && sentence!.ids.length === sentence!.wordOf.length, "pieces and words");
  for (const id of sentence!.ids) requireThat(id >= 0 && id < loaded.vocabSize, `the id ${id}`);
  let last = 0;
  for (const word of sentence!.wordOf) {
    requireThat(word >= last && word < WORDS.length, "words out of order");
    last = word;
  }
  const forText = loaded.forText();
  const { ids, starts, ends } = await forText.encode(TEXT);
  requireThat(ids.length === starts.length && ids.length === ends.length, "pieces and places");
  for (const [token, id] of ids.entries()) {
    const [start, end] = [starts[token]!, ends[token]!];
    requireThat(id >= 0 && id < loaded.vocabSize, `the id ${id} of a text`);
    requireThat(start >= 0 && start <= end && end <= TEXT.length, `the place ${start} to ${end}`);
  }
  forText.textOf(Array.from(ids, (id) => forText.token(id)));
  fillFolder(folder, {});
  await loaded.save(folder);
  const again = await loadTokenizer(folder);
  requireThat(again.vocabSize === loaded.vocabSize, "another vocabulary after saving");
}

/** `loadTokenizer`, pieces of words of all kinds, and the folder that it writes. */
export const tokenizer: Reader = {
  name: "tokenizer",
  weight: 1,

  make(random): Files {
    const seed = Object.entries(random.of(SEEDS));
    const chosen = random.chance(0.75) ? seed.length - 1 : random.below(seed.length);
    return Object.fromEntries(
      seed.map(([name, content], index) => {
        if (index !== chosen) return [name, Buffer.from(textOf(content))];
        const donor = random.of(Object.values(random.of(SEEDS)));
        return [name, mutated(content, donor, random)];
      }),
    );
  },

  read: readTokenizer,
};
