/** One start of Nerium. Prints a `Start` of `run.ts` as JSON. */
import { dataFacts, labelList, readDataset } from "../../src/data/index.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { windows } from "../../src/tasks/tokenClassification/index.js";
import { loadTokenizer } from "../../src/tokenize/index.js";
import { InMemoryTraining, type TrainingData } from "../../src/train/examples/trainingData.js";
import { openDatasetCache } from "../../src/train/prepare/datasetCache.js";
import { localSources } from "../../src/train/prepare/sources.js";
import { randperm } from "../../src/train/random.js";
import { peakMemory } from "../memory.js";

const [file, folder, datasetCache] = process.argv.slice(2) as [string, string, "always" | "never"];
const { recipe } = parseRecipe({ model: folder, train: file, output: "none", datasetCache });
const options = { maxLength: 512, longSentences: "window", overlap: 64 } as const;

async function data(): Promise<TrainingData> {
  const tokenizer = await loadTokenizer(folder);
  const cache = await openDatasetCache(recipe, localSources(recipe), tokenizer, options, {});
  if (cache !== undefined) return cache.open({ labels: labelList([cache.facts]), labelAllTokens: false });
  const held = await readDataset(file);
  const facts = dataFacts(held);
  const labels = labelList([facts]);
  return new InMemoryTraining(held, facts, await windows(held.sentences, tokenizer, { ...options, labels }));
}

const begin = performance.now();
const training = await data();
const seconds = (performance.now() - begin) / 1000;

const BATCHES = 2000;
const order = randperm(training.windows.length, 1);
const middle = performance.now();
let drawn = 0;
for (let batch = 0; batch < BATCHES; batch++)
  for (let member = 0; member < 16; member++)
    drawn += training.windows.at(order[(batch * 16 + member) % order.length]!)!.inputIds.length;
const batches = BATCHES / ((performance.now() - middle) / 1000);
const memory = peakMemory();

let tokens = 0;
for (const { inputIds } of training.windows) tokens += inputIds.length;
console.log(JSON.stringify({ seconds, windows: training.windows.length, tokens, batches, memory, drawn }));
