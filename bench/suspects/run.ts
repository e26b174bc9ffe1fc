/**
 * Damages labels of training data and measures how many of the damaged sentences are among the first suspects. With cleanlab, also
 * what its token classification finds on the same folds and probabilities.
 *
 *     npm run bench:suspects -- --model FOLDER --train FILE --work FOLDER [--sentences 2000] [--share 0.02] [--seed 1]
 *         [--folds 5] [--epochs 3] [--batch-size 8] [--learning-rate 5e-5] [--cleanlab PYTHON]
 *
 * The share is that of the entities. A quarter each gets another type, gets another boundary, is dropped, and is added. An
 * interrupted measurement continues in the same --work folder.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import { crossValidated } from "../../src/improve/suspects/crossValidation.js";
import { rankedSuspects } from "../../src/improve/suspects/suspects.js";
import { conllText } from "../../src/quickstart/files.js";
import { rawRecipe } from "../../src/recipe/index.js";
import { toScheme } from "../../src/text/index.js";
import { damaged } from "../../test/improve/damage.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    work: { type: "string" },
    sentences: { type: "string", default: "1000000000" },
    share: { type: "string", default: "0.02" },
    seed: { type: "string", default: "1" },
    folds: { type: "string", default: "5" },
    epochs: { type: "string", default: "3" },
    "learning-rate": { type: "string", default: "5e-5" },
    "batch-size": { type: "string", default: "8" },
    cleanlab: { type: "string" },
  },
});
const { model, train, work } = values;
if (model === undefined || train === undefined || work === undefined)
  throw new Error("--model, --train and --work are needed");
const [folds, seed, share] = [values.folds, values.seed, values.share].map(Number) as [
  number,
  number,
  number,
];

const read = await readDataset(train);
const clean = read.sentences
  .slice(0, Number(values.sentences))
  .map((sentence) => ({ ...sentence, tags: toScheme(sentence.tags, read.scheme, "IOB2") }));
const { sentences: all, damage } = damaged(clean, { share, seed });
mkdirSync(work, { recursive: true });
const file = join(work, "damaged.conll");
writeFileSync(file, conllText(all));
const data = await readDataset(file);
const labels = [
  "O",
  ...new Set(data.sentences.flatMap(({ tags }) => tags).filter((tag) => tag !== "O")),
].sort();

const started = performance.now();
const probabilities = await crossValidated(
  {
    ...{ data, labels, folds, seed, threads: undefined, folder: work },
    recipe: rawRecipe(
      {
        model,
        seed,
        learningRate: Number(values["learning-rate"]),
        numTrainEpochs: Number(values.epochs),
        perDeviceTrainBatchSize: Number(values["batch-size"]),
      },
      { kind: "object" },
    ),
  },
  {
    async follow({ title, start }) {
      const result = await start({ listeners: [] }).result();
      console.log(`${title}: ${result.steps} steps in ${result.seconds.toFixed(0)} s`);
      return result;
    },
    signal: new AbortController().signal,
    say: console.log,
  },
);
const found = rankedSuspects(data, labels, probabilities);

const kinds = [...new Set(damage.values())];
const counts = kinds.map((kind) => `${[...damage.values()].filter((each) => each === kind).length} ${kind}`);
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`);
console.log(
  `${data.sentences.length} sentences, ${damage.size} damaged (${counts.join(", ")}), seed ${seed}, ${folds} folds, cross-validated F1 ${found.f1.toFixed(4)}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
);

/** Prints precision and recall of the first N sentences of a ranking, and the recall of each kind. */
function figures(name: string, ranking: readonly number[]) {
  for (const n of new Set([0.5, 1, 2, 3].map((times) => Math.round(times * damage.size)))) {
    const first = new Set(ranking.slice(0, n));
    const right = [...first].filter((sentence) => damage.has(sentence)).length;
    const byKind = kinds.map((kind) => {
      const own = [...damage].filter(([, each]) => each === kind);
      return `${kind} ${(own.filter(([sentence]) => first.has(sentence)).length / own.length).toFixed(3)}`;
    });
    console.log(
      `${name}, first ${n}: precision ${(right / first.size).toFixed(3)}, recall ${(right / damage.size).toFixed(3)} (${byKind.join(", ")})`,
    );
  }
}

console.log(`Nerium: ${found.suspects.length} sentences, ${found.suspectWords} words`);
figures(
  "Nerium",
  found.suspects.map(({ sentence }) => sentence),
);

if (values.cleanlab !== undefined) {
  const size = labels.length;
  writeFileSync(
    join(work, "data.json"),
    JSON.stringify({
      labels: data.sentences.map(({ tags }) => tags.map((tag) => labels.indexOf(tag))),
      probabilities: probabilities.map((own) =>
        Array.from({ length: own.length / size }, (_, word) => [
          ...own.subarray(word * size, (word + 1) * size),
        ]),
      ),
    }),
  );
  execFileSync(values.cleanlab, ["-W", "ignore", join(import.meta.dirname, "issues.py"), work], {
    stdio: "inherit",
  });
  const theirs = JSON.parse(readFileSync(join(work, "found.json"), "utf8"));
  const ranking = [...new Set<number>(theirs.issues.map(([sentence]: [number]) => sentence))];
  console.log(`cleanlab ${theirs.version}: ${ranking.length} sentences, ${theirs.issues.length} words`);
  figures("cleanlab find_label_issues", ranking);
  figures("cleanlab get_label_quality_scores", theirs.byScore);
  const own = found.suspects.flatMap(({ sentence, suspects }) =>
    suspects.map(({ index }) => `${sentence}:${index}`),
  );
  const both = new Set(theirs.issues.map((issue: number[]) => issue.join(":")));
  console.log(`words in both: ${own.filter((word) => both.has(word)).length}`);
}
