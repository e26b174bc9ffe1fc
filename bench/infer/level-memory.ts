/**
 * Resident memory while many sentences stream through the pipeline:
 *
 *     npm run --silent bench:level-memory -- FOLDER [--data valid.txt] [--sentences 200000] [--threads 2] [--book 1000000]
 *                                                   [--engine auto] [--dtype fp32]
 *
 * Sends the sentences of a data file (default: two built-in ones) repeatedly through `ner.stream`, each time
 * followed by another number, then one text of `--book` characters. The numbers fill the limited cache of the
 * words' tokens. Prints resident memory after each tenth of the sentences. Exits with 1 if the peak of the
 * second half is more than 50 MB above that of the first half.
 */
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import { load } from "../../src/infer/index.js";
import type { Dtype } from "../../src/models/index.js";
import type { EngineName } from "../../src/runtime/index.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    sentences: { type: "string", default: "200000" },
    threads: { type: "string", default: "2" },
    book: { type: "string", default: "1000000" },
    engine: { type: "string", default: "auto" },
    dtype: { type: "string", default: "fp32" },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("usage: npm run --silent bench:level-memory -- FOLDER");

const MADE_UP = [
  "Anna Wolff lives in Berlin .",
  "The city lies on the river Spree , in the east of Germany .",
];
const sentences =
  values.data === undefined
    ? MADE_UP
    : (await readDataset(values.data)).sentences.map(({ words }) => words.join(" "));
const count = Number(values.sentences);
const ner = await load(folder, {
  threads: Number(values.threads),
  engine: values.engine as EngineName,
  dtype: values.dtype as Dtype,
});

function* texts(): Generator<string> {
  for (let index = 0; index < count; index++) yield `${sentences[index % sentences.length]} ${index}`;
}

const megabytes = () => process.memoryUsage.rss() / 1e6;
const seen: number[] = [];
let done = 0;
let entities = 0;
const begin = performance.now();
for await (const { entities: found } of ner.stream(texts())) {
  entities += found.length;
  done++;
  if (done % Math.floor(count / 10) !== 0) continue;
  seen.push(megabytes());
  console.log(`${done} sentences, ${entities} entities: ${seen.at(-1)!.toFixed(0)} MB`);
}
const seconds = (performance.now() - begin) / 1000;
console.log(`${(done / seconds).toFixed(0)} sentences/s`);

let book = "";
for (let index = 0; book.length < Number(values.book); index++)
  book += `${sentences[index % sentences.length]}\n`;
const result = await ner(book);
console.log(`a text of ${book.length} characters, ${result.length} entities: ${megabytes().toFixed(0)} MB`);
await ner.dispose();

const first = Math.max(...seen.slice(0, 5));
const last = Math.max(...seen.slice(5));
if (last > first + 50) {
  console.log(`memory grew from ${first.toFixed(0)} to ${last.toFixed(0)} MB`);
  process.exitCode = 1;
}
