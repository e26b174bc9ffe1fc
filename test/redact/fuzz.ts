/**
 * Redacts and restores random texts, half of them encrypted, half of them with a map:
 *
 *     npm run fuzz:redact -- [--cases 100000] [--seed 1]
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { roundTrip } from "./roundTrip.js";

const { values } = parseArgs({
  options: { cases: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const [numRuns, seed] = [Math.ceil(Number(values.cases) / 2), Number(values.seed)];
for (const way of ["encrypted values", "placeholders with their map"] as const) {
  const start = performance.now();
  await fc.assert(roundTrip(way), { numRuns, seed });
  const seconds = (performance.now() - start) / 1000;
  console.log(`${way}: ${numRuns} texts are the same after redaction and restoring, ${seconds.toFixed(0)} s`);
}
