// Data in a format of your own becomes JSON Lines, which every command and function reads.
// node examples/ownFormat.mjs IN.txt OUT.jsonl, where IN.txt has one sentence per line: [PER Ada Lovelace] lived in [LOC London] .
import { readFileSync, writeFileSync } from "node:fs";
import { inspect, readDataset } from "nerium";

const [input, output] = process.argv.slice(2);

/** @param {string} line @returns {{ tokens: string[], ner_tags: string[] }} */
function sentenceOf(line) {
  const tokens = [];
  const ner_tags = [];
  for (const [, type, name, word] of line.matchAll(/\[(\S+) ([^\]]+)\]|(\S+)/g)) {
    const words = (name ?? word).split(" ");
    tokens.push(...words);
    ner_tags.push(
      ...words.map((_, index) => (type === undefined ? "O" : `${index === 0 ? "B" : "I"}-${type}`)),
    );
  }
  return { tokens, ner_tags };
}

const sentences = readFileSync(input, "utf8")
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map(sentenceOf);
writeFileSync(output, sentences.map((sentence) => `${JSON.stringify(sentence)}\n`).join(""));

// Look at what Nerium makes of it before training on it.
const { splits, violations } = await inspect([output]);
console.log(splits[0].sentences, "sentences", splits[0].entities);
for (const { what, count, places } of violations) console.log(`${what}: ${count}, first at ${places[0]}`);
const dataset = await readDataset(output);
console.log(dataset.sentences[0].words.join(" "), "→", dataset.sentences[0].tags.join(" "));
