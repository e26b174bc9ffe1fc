/** Inspects one file for `inspect.ts`. Prints sentences, seconds and peak memory as JSON. */
import { inspectPaths } from "../../src/data/index.js";
import { peakMemory } from "../memory.js";

const begin = performance.now();
const report = await inspectPaths(process.argv.slice(2), {});
const seconds = (performance.now() - begin) / 1000;
const sentences = report.splits[0]!.sentences;
console.log(JSON.stringify({ sentences, seconds, memory: peakMemory() }));
