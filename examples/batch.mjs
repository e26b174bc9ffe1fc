// Annotates a large file, one text per line, in constant memory: node examples/batch.mjs MODEL IN.txt OUT.jsonl
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { load } from "nerium";

const [model, input, output] = process.argv.slice(2);
const ner = await load(model);
const lines = createInterface({
  input: createReadStream(input, "utf8"),
  crlfDelay: Number.POSITIVE_INFINITY,
});

let texts = 0;
async function* records() {
  // A slow disk slows down reading and the model: nothing piles up.
  for await (const { text, entities } of ner.stream(lines)) {
    texts++;
    yield `${JSON.stringify({ text, entities })}\n`;
  }
}
await pipeline(Readable.from(records()), createWriteStream(output));
await ner.dispose();
console.log(`${texts} texts`);
