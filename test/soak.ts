/**
 * Loads, predicts and disposes, and trains, stops and resumes, again and again for so many minutes, and fails if memory
 * grows: `npm run test:long`, or alone
 *
 *     node --expose-gc --import tsx test/soak.ts [--minutes 60]
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load } from "../src/infer/index.js";
import { train } from "../src/train/index.js";
import { stopAfter } from "./train/stopAfter.js";
import { tinyModel } from "./train/tinyModel.js";

/** Rounds before the first measurement: caches fill, and the allocator takes what it keeps. */
const WARM_UP = 10;
/** Memory may grow by this much in all, however long it runs. */
const MOST_BYTES = 48 * 2 ** 20;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "60" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error("--minutes must be a positive number");

const tiny = await tinyModel();
const output = join(tiny.folder, "output");
const recipe = tiny.recipe({ output, maxSteps: 4, saveStrategy: "steps", saveSteps: 2 });
const model = join(tiny.folder, "model");
await train(tiny.recipe({ output: model, maxSteps: 2 })).result();

async function round(): Promise<void> {
  for (let times = 0; times < 3; times++) {
    const ner = await load(model, { threads: 2 });
    for (const text of ["Anna visited Paris.", "Nobody knew why. ".repeat(50)]) await ner(text);
    await ner.dispose();
  }
  rmSync(output, { recursive: true, force: true });
  await stopAfter(recipe, 2);
  const { steps } = await train(recipe, { resume: true }).result();
  if (steps !== 4) throw new Error(`the resumed run ended after step ${steps}, not 4`);
}

/** The memory of the process after garbage collections. */
function memory(): number {
  for (let times = 0; times < 3; times++) globalThis.gc?.();
  return process.memoryUsage.rss();
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const end = performance.now() + minutes * 60_000;
let rounds = 0;
let first = 0;
let grown = 0;
try {
  while (rounds <= WARM_UP || performance.now() < end) {
    await round();
    rounds++;
    if (rounds === WARM_UP) first = memory();
    if (rounds <= WARM_UP || rounds % 10 !== 0) continue;
    grown = memory() - first;
    console.log(`soak: ${rounds} rounds, ${megabytes(first)} after ${WARM_UP}, ${megabytes(grown)} more now`);
    if (grown > MOST_BYTES) break;
  }
  grown = memory() - first;
} finally {
  rmSync(tiny.folder, { recursive: true });
}
console.log(
  `soak: ${rounds} rounds, memory grew by ${megabytes(grown)}, ${megabytes(MOST_BYTES)} are allowed`,
);
process.exitCode = grown > MOST_BYTES ? 1 : 0;
