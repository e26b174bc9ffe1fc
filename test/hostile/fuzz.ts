/**
 * Reads mutated files of all kinds:
 *
 *     npm run fuzz -- [--cases 1000000] [--seed S] [--reader NAME] [--findings FOLDER] [--case INDEX]
 *
 * Counts every reader's cases by how they ended. Ends with 1 where a case shows a defect; its files are kept in FOLDER.
 * With --case, one case runs here, with its files and its error shown.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "./mutate/random.js";
import { type Files, outcomeOf, type Reader } from "./reader.js";
import { READERS } from "./readers/index.js";
import { runCases } from "./runCases.js";
import { addSummary, emptySummary, type Finding, type Summary, summaryText } from "./summary.js";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    reader: { type: "string" },
    findings: { type: "string" },
    case: { type: "string" },
  },
});
const seed = Number(values.seed);
const chosen = READERS.filter(({ name }) => values.reader === undefined || name === values.reader);
if (chosen.length === 0) throw new Error(`the readers are ${READERS.map(({ name }) => name).join(", ")}`);

function saveFiles(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
}

async function showCase(reader: Reader, index: number): Promise<void> {
  const files = reader.make(new Random(seed, index), index);
  for (const [name, bytes] of Object.entries(files)) {
    const text = Buffer.from(bytes).toString();
    console.log(`--- ${name} (${bytes.length} bytes)\n${JSON.stringify(text.slice(0, 4000))}`);
  }
  if (values.findings !== undefined) saveFiles(values.findings, files);
  const folder = mkdtempSync(join(tmpdir(), "nerium-hostile-"));
  const started = performance.now();
  console.log(
    "---",
    await outcomeOf(reader, files, folder),
    `${(performance.now() - started).toFixed(1)} ms`,
  );
  rmSync(folder, { recursive: true, force: true });
}

function keep({ reader, index, what }: Finding): void {
  if (values.findings === undefined) return;
  const folder = join(values.findings, `${reader}-${seed}-${index}`);
  saveFiles(folder, READERS.find(({ name }) => name === reader)!.make(new Random(seed, index), index));
  writeFileSync(join(folder, "finding.txt"), `${what}\n`);
}

async function runAll(): Promise<void> {
  const cases = Number(values.cases);
  const weights = chosen.reduce((total, { weight }) => total + weight, 0);
  const started = performance.now();
  const all = emptySummary();
  let shown = 0;
  const progress = (part: Summary) => {
    part.findings.forEach(keep);
    addSummary(all, part);
    if (!process.stderr.isTTY || performance.now() - shown < 500) return;
    shown = performance.now();
    process.stderr.write(`\r${all.cases} of ${cases} cases, ${all.findings.length} findings `);
  };
  for (const reader of chosen) {
    const to = Math.round((cases * reader.weight) / weights);
    const before = performance.now();
    const summary = await runCases({ reader: reader.name, seed, from: 0, to }, { onSummary: progress });
    const seconds = (performance.now() - before) / 1000;
    console.log(`\r${summaryText(reader.name, summary)}\n  in ${seconds.toFixed(0)} s`);
  }
  const minutes = (performance.now() - started) / 60_000;
  console.log(`${all.cases} cases in ${minutes.toFixed(1)} minutes, ${all.findings.length} findings`);
  process.exitCode = all.findings.length > 0 ? 1 : 0;
}

if (values.case === undefined) await runAll();
else for (const reader of chosen) await showCase(reader, Number(values.case));
