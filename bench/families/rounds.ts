/**
 * Compares the training step of each family with PyTorch's, and that with BERT's:
 *
 *     npm run --silent bench:families -- --model bert-base-cased --train train.txt [--rounds 3] [--batches 8]
 *                                        [--families bert,distilbert]
 *
 * The families take turns, because the speed of a machine changes with time. Each turn is a run of bench/train-step with `--family`.
 * At the end each family takes the largest batches of 200, which show the peak memory. The interpreter is $NERIUM_PYTHON.
 */
import { parseArgs } from "node:util";
import { median } from "../median.js";
import { gigabytes } from "../memory.js";
import { geometries } from "./geometries.js";
import { type StepFigures, stepFigures } from "./stepFigures.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    rounds: { type: "string", default: "3" },
    batches: { type: "string", default: "8" },
    families: { type: "string", default: Object.keys(geometries).join(",") },
  },
});
const { model, train, rounds, batches } = values;
if (model === undefined || train === undefined)
  throw new Error("usage: npm run --silent bench:families -- --model FOLDER --train FILE");
const families = values.families.split(",");
const measure = (family: string, ...more: string[]): StepFigures =>
  stepFigures(["--family", family, "--model", model, "--train", train, ...more]);

const turns = new Map(families.map((family) => [family, [] as StepFigures[]]));
for (let round = 1; round <= Number(rounds); round++) {
  const ratios = families.map((family) => {
    const figures = measure(family, "--batches", batches);
    turns.get(family)!.push(figures);
    return `${family} ${figures.ratio!.toFixed(3)}`;
  });
  console.log(`round ${round}: ${ratios.join(", ")}`);
}
console.log("\n              of PyTorch  less BERT's  step, BERT is 1  peak  of PyTorch");
const [bert] = families;
for (const family of families) {
  const own = turns.get(family)!;
  const first = turns.get(bert!)!;
  const largest = measure(family, "--batches", "3", "--largest");
  console.log(
    [
      family.padEnd(12),
      median(own.map(({ ratio }) => ratio!))
        .toFixed(3)
        .padStart(11),
      median(own.map(({ ratio }, round) => ratio! - first[round]!.ratio!))
        .toFixed(3)
        .padStart(11),
      median(own.map(({ seconds }, round) => seconds / first[round]!.seconds))
        .toFixed(2)
        .padStart(16),
      gigabytes(largest.peakBytes).padStart(10),
      largest.peakRatio!.toFixed(3).padStart(9),
    ].join(" "),
  );
}
