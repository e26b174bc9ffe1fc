// `npm test`: runs lint, type check, build and the test suite. All of them run, even if one fails. The last
// line adds up the results; each check counts as one test. With NERIUM_PARTS=all, as `.ci/run` sets it, the suite includes
// the accidents (vitest.config.ts), and the parts of scripts/parts.mjs follow and count too. `npm test -- FILE` runs a file
// of any of them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { partNames, runPart } from "./parts.mjs";

const root = resolve(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "nerium-test-"));
const report = join(scratch, "vitest.json");

const checks = [
  ["lint and format", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]],
  ["types", "typescript/bin/tsc", ["--noEmit"]],
  ["types of the page", "typescript/bin/tsc", ["--noEmit", "-p", "src/page"]],
  ["build", "../scripts/build.mjs", []],
];

/** Runs a program in node_modules. Returns true if it succeeds. */
function runs(program, args) {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", program), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  return status === 0;
}

/**
 * Reads the counts from a vitest report. A test file that failed to load contains no failed test, so it
 * counts as one failure.
 */
function suiteCounts() {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((result) => result.status === "failed"),
  ).length;
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests + numTodoTests };
}

const counts = { passed: 0, failed: 0, skipped: 0 };
function check(name, program, args) {
  const passed = runs(program, args);
  console.log(`${passed ? "passed" : "FAILED"}: ${name}`);
  counts[passed ? "passed" : "failed"] += 1;
}

for (const each of checks) check(...each);
const everything = process.env.NERIUM_PARTS === "all" || process.argv.length > 2;
const green = runs("vitest/vitest.mjs", [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile=${report}`,
  ...(everything ? [] : ["--project=together", "--project=apart"]),
  ...process.argv.slice(2),
]);
try {
  const suite = suiteCounts();
  for (const key of Object.keys(counts)) counts[key] += suite[key];
  // An error outside of all tests makes vitest fail, so it must count as a failure here.
  if (!green && suite.failed === 0) counts.failed += 1;
} catch (error) {
  console.error(`The suite left no report: ${error.message}`);
  counts.failed += 1;
}
rmSync(scratch, { recursive: true, force: true });

// The parts take minutes and install things, so only `.ci/run` runs them.
if (process.env.NERIUM_PARTS === "all") for (const name of partNames) counts[await runPart(name)] += 1;

console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
