/**
 * Compares entities with those of transformers.js for the same exported folder. The texts are sentences of a
 * data file, with words joined by spaces, and the texts of a JSON file:
 *
 *     npm run --silent bench:transformers-js -- FOLDER valid.txt [--sentences 1000] [--texts texts.json] [--threads 2]
 *
 * For both strategies of transformers.js, it prints the number of entities that each side finds, the number
 * that only one side finds (label or word differ), the largest score difference, and the first texts that
 * differ. FOLDER must contain `onnx/model.onnx` (`nerium export FOLDER`).
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import { type GroupedEntity, load, type TokenEntity } from "../../src/infer/index.js";
import { startTransformersJs } from "./start.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sentences: { type: "string", default: "1000" },
    texts: { type: "string" },
    threads: { type: "string", default: "2" },
    show: { type: "string", default: "8" },
  },
});
const [folder, file] = positionals;
if (folder === undefined || file === undefined)
  throw new Error("usage: npm run --silent bench:transformers-js -- FOLDER FILE");

interface TheirEntity {
  readonly entity?: string;
  readonly entity_group?: string;
  readonly word: string;
  readonly score: number;
}

const { sentences } = await readDataset(file);
const joined = sentences.slice(0, Number(values.sentences)).map(({ words }) => words.join(" "));
const more = values.texts === undefined ? [] : (JSON.parse(readFileSync(values.texts, "utf8")) as string[]);
const texts = [...joined, ...more];

const theirs = await startTransformersJs(folder, values.threads, "fp32");
await theirs.answer();
const ner = await load(folder, { threads: Number(values.threads) });

console.log(`${joined.length} sentences, ${more.length} other texts`);
console.log("strategy  transformers.js     ours  alone there  alone here  largest score difference");
for (const strategy of ["none", "simple"] as const) {
  const there = await theirs.ask<TheirEntity[][]>({ entities: texts, strategy });
  const here = await ner(texts, { aggregationStrategy: strategy, truncation: true });
  const count = { there: 0, here: 0, aloneThere: 0, aloneHere: 0 };
  const differing: string[] = [];
  let furthest = 0;
  texts.forEach((text, index) => {
    const left = here[index]!.map((entity) => ({ key: ourKey(entity), score: entity.score }));
    count.here += left.length;
    count.there += there[index]!.length;
    const alone: string[] = [];
    for (const entity of there[index]!) {
      const key = `${entity.entity ?? entity.entity_group} ${entity.word}`;
      const at = left.findIndex((each) => each.key === key);
      if (at < 0) alone.push(key);
      else furthest = Math.max(furthest, Math.abs(left.splice(at, 1)[0]!.score - entity.score));
    }
    count.aloneThere += alone.length;
    count.aloneHere += left.length;
    if (alone.length + left.length > 0)
      differing.push(
        `  ${JSON.stringify(text.slice(0, 100))}\n    there: ${alone.join(", ")}\n    here:  ${left.map(({ key }) => key).join(", ")}`,
      );
  });
  console.log(
    strategy.padEnd(9) +
      [count.there, count.here, count.aloneThere, count.aloneHere]
        .map((value, column) => String(value).padStart([16, 9, 13, 12][column]!))
        .join("") +
      `  ${furthest.toExponential(1)}`,
  );
  for (const each of differing.slice(0, Number(values.show))) console.log(each);
}
theirs.end();
await ner.dispose();

function ourKey(entity: GroupedEntity | TokenEntity): string {
  return `${"label" in entity ? entity.label : entity.type} ${entity.word}`;
}
