/**
 * Measures what a layer with local attention costs in training at 4,096 and at 8,192 tokens, in ModernBERT's base size:
 *
 *     npx tsx bench/families/localLayer.ts [--threads 2]
 *
 * Time and memory of a layer are the difference between models of 6 and of 2 such layers, divided by 4. Each model has a process
 * of its own. Prints both figures for both lengths, and their ratios.
 */
import { parseArgs } from "node:util";
import { gigabytes } from "../memory.js";
import { type StepFigures, stepFigures } from "./stepFigures.js";

const { values } = parseArgs({ options: { threads: { type: "string", default: "2" } } });

/** Runs 7 training steps on documents of `length` tokens. */
function measure(layers: number, length: number): StepFigures {
  const config = {
    vocab_size: 1000,
    num_hidden_layers: layers,
    layer_types: Array(layers).fill("sliding_attention"),
  };
  const flags = { family: "modernbert", config: JSON.stringify(config), length, batches: 7 };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return stepFigures(["--alone", "--threads", values.threads, ...args]);
}

type Layer = Pick<StepFigures, "seconds" | "peakBytes">;
const [short, long] = [4096, 8192].map((length) => {
  const [few, many] = [measure(2, length), measure(6, length)];
  const layer = {
    seconds: (many.seconds - few.seconds) / 4,
    peakBytes: (many.peakBytes - few.peakBytes) / 4,
  };
  console.log(`${length} tokens: ${layer.seconds.toFixed(3)} s, ${gigabytes(layer.peakBytes)} a layer`);
  return layer;
}) as [Layer, Layer];
const ratio = (of: keyof Layer): string => (long[of] / short[of]).toFixed(2);
console.log(`ratio: time ${ratio("seconds")}, memory ${ratio("peakBytes")}`);
