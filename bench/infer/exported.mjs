// The exported int8 file of a model in bench/infer/speed.ts, run by one of Nerium's engines, from the build in dist/. Answers
// each line of JSON with one line of JSON, as nerium.mjs does. It finds tags, not entities.
//
//     node bench/infer/exported.mjs FOLDER THREADS ENGINE
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { seqevalScores } from "../../dist/evaluate/index.js";
import { exportedForm } from "../../dist/export/exportedForm.js";
import { ExportedTagger } from "../../dist/export/exportedTagger.js";
import { readGold, scoredLabels } from "../../dist/infer/taggedData.js";
import { encoderOf, modelLabels, readConfig } from "../../dist/models/index.js";
import { chosenEngine } from "../../dist/runtime/index.js";
import { predictedTags, windows } from "../../dist/tasks/tokenClassification/index.js";
import { loadTokenizer } from "../../dist/tokenize/index.js";

const [folder, threadCount, engineName] = process.argv.slice(2);
const config = await readConfig(folder);
const labels = await modelLabels(folder, config, () => {});
const { scored } = scoredLabels(labels);
const { vocabularySize, maxLength } = encoderOf(config);
const tokenizer = await loadTokenizer(folder, { embeddings: vocabularySize });
const file = join(folder, "onnx", exportedForm("int8", "any").file);
const engine = await chosenEngine({ engine: engineName });
const tagger = await ExportedTagger.open(file, config, labels.length, Number(threadCount), engine);
const answer = (value) => console.log(JSON.stringify(value));
answer({ engine: engine.version() });

async function tags(sentences) {
  const cut = await windows(sentences, tokenizer, {
    maxLength: Math.min(maxLength, tokenizer.modelMaxLength),
  });
  const sequences = cut.windows.map(({ inputIds, ownedTokens }) => ({
    ids: inputIds,
    labelled: ownedTokens,
  }));
  return predictedTags(sentences, cut.windows, await tagger.logits(sequences), scored, "argmax");
}

const sentence = (text) => ({ words: text.split(" "), tags: [], document: 0, line: 0 });

async function timed(work) {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  if ("texts" in task) answer({ seconds: await timed(() => tags(task.texts.map(sentence))) });
  else if ("single" in task) {
    const seconds = [];
    for (const text of task.single) seconds.push(await timed(() => tags([sentence(text)])));
    answer({ seconds });
  } else if ("evaluate" in task) {
    const gold = await readGold({ files: [task.evaluate] }, labels);
    const predicted = await tags(gold);
    const { micro } = seqevalScores(
      gold.map(({ tags }) => tags),
      predicted,
    );
    answer({ f1: micro.f1, tags: predicted.flat() });
  } else
    answer({ bytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024 });
}
await tagger.dispose();
