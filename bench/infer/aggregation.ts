/**
 * Compares entities with those of Python's pipeline, for every aggregation strategy. The texts are sentences
 * of a data file, with words joined by spaces:
 *
 *     npm run --silent bench:aggregation -- FOLDER valid.txt [--sentences 1000] [--threads 2]
 *
 * Prints the number of entities that each side finds, the number that only one side finds (label, word,
 * offsets or index differ), and the largest score difference of entities that both find. The interpreter is
 * $NERIUM_PYTHON.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import {
  type AggregationStrategy,
  type GroupedEntity,
  load,
  type TokenEntity,
} from "../../src/infer/index.js";
import { Contestant } from "../python/contestant.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sentences: { type: "string", default: "1000" }, threads: { type: "string", default: "2" } },
});
const [folder, file] = positionals;
if (folder === undefined || file === undefined)
  throw new Error("usage: npm run --silent bench:aggregation -- FOLDER FILE");

interface PythonEntity {
  readonly entity?: string;
  readonly entity_group?: string;
  readonly score: number;
  readonly index?: number;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const python = Contestant.start(join(import.meta.dirname, "aggregation.py"), [folder, values.threads]);
await python.answer();
const ner = await load(folder, { threads: Number(values.threads) });
const { sentences } = await readDataset(file);
const texts = sentences.slice(0, Number(values.sentences)).map(({ words }) => words.join(" "));

const byStrategy = await python.ask<Record<AggregationStrategy, PythonEntity[][]>>(texts);
python.end();

console.log(`${texts.length} texts`);
console.log("strategy   Python    ours  Python alone  ours alone  largest score difference");
for (const aggregationStrategy of ["none", "simple", "first", "average", "max"] as const) {
  const ours = await ner(texts, { aggregationStrategy, offsets: "code-points", truncation: true });
  const theirs = byStrategy[aggregationStrategy];
  const count = { theirs: 0, ours: 0, theirsAlone: 0, oursAlone: 0 };
  let furthest = 0;
  texts.forEach((_, text) => {
    const found = new Map(ours[text]!.map((entity) => [ourKey(entity), entity.score]));
    count.ours += ours[text]!.length;
    count.theirs += theirs[text]!.length;
    for (const entity of theirs[text]!) {
      const score = found.get(theirKey(entity));
      if (score === undefined) count.theirsAlone++;
      else furthest = Math.max(furthest, Math.abs(score - entity.score));
      found.delete(theirKey(entity));
    }
    count.oursAlone += found.size;
  });
  const columns = [count.theirs, count.ours, count.theirsAlone, count.oursAlone];
  const widths = [8, 8, 14, 12];
  const figures = columns.map((value, column) => String(value).padStart(widths[column]!)).join("");
  console.log(`${aggregationStrategy.padEnd(9)}${figures}  ${furthest.toExponential(1)}`);
}
await ner.dispose();

function ourKey(entity: GroupedEntity | TokenEntity): string {
  const [label, index] = "label" in entity ? [entity.label, entity.index] : [entity.type, undefined];
  return JSON.stringify([label, entity.word, entity.start, entity.end, index]);
}

function theirKey({ entity, entity_group: group, word, start, end, index }: PythonEntity): string {
  return JSON.stringify([entity ?? group, word, start, end, index]);
}
