/**
 * How much F1 is lost because raw text has no given words: compares F1 on a data file as raw text with F1 on
 * the file's own words.
 *
 *     npm run --silent bench:raw-text -- FOLDER valid.txt [--threads 2]
 *
 * The text is made of the words, with spaces where English has them. An entity is correct if its type and
 * both ends are exactly those in the data. This is seqeval's default mode with one tag per character, without
 * white space, so the words may differ.
 */
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import { entitySpans, seqevalScores } from "../../src/evaluate/index.js";
import { load, type NerInput } from "../../src/infer/index.js";
import { type Sentence, toScheme } from "../../src/text/index.js";
import { type Detokenised, detokenised } from "./detokenise.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string", default: "2" } },
});
const [folder, file] = positionals;
if (folder === undefined || file === undefined)
  throw new Error("usage: npm run --silent bench:raw-text -- FOLDER FILE");

const ner = await load(folder, { threads: Number(values.threads) });
const { sentences, scheme } = await readDataset(file, { labels: ner.labels });

/** An input and the entities that its text contains according to the data. */
interface Case {
  readonly input: NerInput;
  readonly text: string;
  readonly gold: readonly Place[];
  readonly words: readonly { readonly start: number; readonly end: number }[];
}

interface Place {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A sentence as text, together with its tags. */
interface Part extends Detokenised {
  readonly sentence: Sentence;
}

function byDocument(parts: readonly Part[]): Part[][] {
  const documents = new Map<number, Part[]>();
  for (const part of parts) {
    const { document } = part.sentence;
    documents.set(document, [...(documents.get(document) ?? []), part]);
  }
  return [...documents.values()];
}

/** Joins several sentences to one text. */
function joined(parts: readonly Part[], between: string): Case {
  let text = "";
  const gold: Place[] = [];
  const words: { start: number; end: number }[] = [];
  for (const part of parts) {
    if (text !== "") text += between;
    const own = part.sentence.words.map((word, index) => {
      const start = text.length + part.starts[index]!;
      return { start, end: start + word.length };
    });
    for (const { type, start, end } of entitySpans(toScheme(part.sentence.tags, scheme, "IOB2")))
      gold.push({ type, start: own[start]!.start, end: own[end - 1]!.end });
    words.push(...own);
    text += part.text;
  }
  return { input: text, text, gold, words };
}

function spaced({ words }: Sentence): Detokenised {
  const starts: number[] = [];
  let at = 0;
  for (const word of words) {
    starts.push(at);
    at += word.length + 1;
  }
  return { text: words.join(" "), starts };
}

const asWords = sentences.map((sentence) => ({
  ...joined([{ ...spaced(sentence), sentence }], ""),
  input: { words: sentence.words },
}));
const raw = sentences.map((sentence) => ({ ...detokenised(sentence.words), sentence }));
const documents = byDocument(raw);

/** Returns one tag for each character that is not white space. */
function characterTags(text: string, entities: readonly Place[]): string[] {
  const tags = new Array<string>(text.length).fill("O");
  for (const { type, start, end } of entities)
    for (let at = start; at < end; at++) tags[at] = `${at === start ? "B" : "I"}-${type}`;
  return tags.filter((_, at) => text[at]!.trim() !== "");
}

async function row(name: string, cases: readonly Case[]): Promise<number> {
  const found = await ner(cases.map(({ input }) => input));
  const scores = seqevalScores(
    cases.map(({ text, gold }) => characterTags(text, gold)),
    cases.map(({ text }, index) => characterTags(text, found[index]!)),
  );
  const { precision, recall, f1 } = scores.micro;
  console.log(`${name.padEnd(44)}  ${precision.toFixed(4)}     ${recall.toFixed(4)}  ${f1.toFixed(4)}`);
  return f1;
}

console.log(`${"".padEnd(44)}  precision  recall  F1`);
const reference = await row("the file's words", asWords);
const sentencesRaw = raw.map((part) => joined([part], ""));
const costs = [
  ["a text a sentence", sentencesRaw],
  ["a text a document, a line a sentence", documents.map((parts) => joined(parts, "\n"))],
  ["a text a document, sentences run on", documents.map((parts) => joined(parts, " "))],
] as const;
for (const [name, cases] of costs) {
  const f1 = await row(name, cases);
  console.log(`${"".padEnd(44)}  costs ${(reference - f1).toFixed(4)}`);
}

const gold = sentencesRaw.flatMap(({ words }) => words);
const same = sentencesRaw.reduce((count, { text, words }) => {
  const own = new Set(ner.splitWords(text).map(({ start, end }) => `${start}-${end}`));
  return count + words.filter(({ start, end }) => own.has(`${start}-${end}`)).length;
}, 0);
console.log(
  `words that the splitter finds as the file has them: ${same} of ${gold.length} (${((100 * same) / gold.length).toFixed(2)}%)`,
);
await ner.dispose();
