import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { addSummary, emptySummary, type Finding, type Range, type Summary } from "./summary.js";

const child = join(import.meta.dirname, "children", "cases.ts");
const repository = resolve(import.meta.dirname, "../..");

export interface RunOptions {
  /** Called every few cases with what came since. */
  readonly onSummary?: (part: Summary) => void;
  /** A case that keeps its process for so long hangs; slow ones end before and are found by their time. Default 60,000. */
  readonly hangMs?: number;
}

const LOOK_MS = 500;
/** Loading the readers, before the first case; long on a machine that is busy with other things. */
const START_MS = 240_000;

/** The case under way in a child, as it says in its file; undefined before the first. */
function caseUnderWay(progress: string): number | undefined {
  const file = openSync(progress, "a+");
  const bytes = Buffer.alloc(8);
  const length = readSync(file, bytes, 0, 8, 0);
  closeSync(file);
  return length === 8 ? bytes.readDoubleLE(0) : undefined;
}

/** One process over a range. Gives where and how it ended too early, or undefined. */
async function runChild(
  range: Range,
  progress: string,
  { onSummary, hangMs }: Required<RunOptions>,
): Promise<{ index: number; what: string } | undefined> {
  rmSync(progress, { force: true });
  const running = spawn(
    process.execPath,
    ["--max-old-space-size=512", "--import", "tsx", child, JSON.stringify({ ...range, progress })],
    { cwd: repository, env: { ...process.env, NODE_OPTIONS: "" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let hangs = false;
  let seen: number | undefined;
  let since = Date.now();
  const watch = setInterval(() => {
    const now = caseUnderWay(progress);
    if (now !== seen) [seen, since] = [now, Date.now()];
    if (Date.now() - since < (now === undefined ? START_MS : hangMs)) return;
    hangs = true;
    running.kill("SIGKILL");
  }, LOOK_MS);
  createInterface(running.stdout).on("line", (line) => onSummary(JSON.parse(line) as Summary));
  let stderr = "";
  running.stderr.on("data", (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-2000);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done, failed) => {
    running.on("error", failed);
    running.on("close", (...ended) => done(ended));
  });
  clearInterval(watch);
  if (code === 0) return undefined;
  const index = caseUnderWay(progress);
  if (index === undefined) throw new Error(`no case of ${range.reader} runs: ${stderr}`);
  return { index, what: hangs ? "hangs" : `ends the process (${signal ?? code}): ${stderr.trim()}` };
}

/**
 * Runs cases of a reader in processes of their own. One that ends its process or hangs is a finding, and the cases after
 * it run in a new process.
 */
export async function runCases(
  range: Range,
  { onSummary, hangMs = 60_000 }: RunOptions = {},
): Promise<Summary> {
  const scratch = mkdtempSync(join(tmpdir(), "nerium-hostile-"));
  const total = emptySummary();
  const take = (part: Summary) => {
    addSummary(total, part);
    onSummary?.(part);
  };
  try {
    for (let from = range.from; from < range.to; ) {
      let counted = from;
      const ended = await runChild({ ...range, from }, join(scratch, "case"), {
        hangMs,
        onSummary(part) {
          counted += part.cases;
          take(part);
        },
      });
      if (ended === undefined) break;
      const finding: Finding = { reader: range.reader, seed: range.seed, ...ended };
      // What the process had not summed up yet counts as cases without an outcome.
      take({ ...emptySummary(), cases: ended.index + 1 - counted, findings: [finding] });
      from = ended.index + 1;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return total;
}
