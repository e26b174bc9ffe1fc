import { existsSync, readdirSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { mulberry32 } from "../../../src/data/index.js";
import type { Program, Running } from "../../cli/program.js";
import { quickFolder } from "../../files/scratch.js";
import { ending } from "../outputBytes.js";
import { tinyModel } from "../tinyModel.js";
import { STEPS, trainFlags } from "./commandLine.js";
import { debris } from "./savedRun.js";

/** The results of a series of kills. */
export interface KillCounts {
  kills: number;
  /** Kills while a checkpoint was being written. */
  whileSaving: number;
  /** Kills before there was a checkpoint, so that the run started again from the beginning. */
  beforeTheFirst: number;
  /** Runs that ended. All but those in `lost` have the same bytes as the run that was never killed. */
  runs: number;
  /** A description of each run whose result was wrong. */
  readonly lost: string[];
}

const LAST = `checkpoint-${STEPS}`;

/** A run with twelve checkpoints, of which two are kept, and four evaluations. */
const flags = (output: string, tiny: Awaited<ReturnType<typeof tinyModel>>, bf16: boolean) =>
  trainFlags(tiny, output, { "save-steps": 2, "save-total-limit": 2, ...(bf16 && { bf16: "true" }) });

/** How often to kill, and what. */
export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Train in bf16, which needs OpenVINO and a processor that has it. */
  readonly bf16?: boolean;
  readonly onKill?: (counts: KillCounts) => void;
}

/**
 * Kills runs at random moments and starts them again until they end, with `kills` kills in total. Every other
 * kill aims at the writing of a checkpoint.
 */
export async function killRuns(
  program: Program,
  { bf16 = false, ...options }: KillOptions,
): Promise<KillCounts> {
  const random = mulberry32(options.seed);
  const tiny = await tinyModel();
  const counts: KillCounts = { kills: 0, whileSaving: 0, beforeTheFirst: 0, runs: 0, lost: [] };
  // A killed process leaves everything that it wrote, synced or not, so a real fsync would only take time.
  const outputs = quickFolder("kills");
  const straight = join(outputs, "straight", "output");
  const begin = performance.now();
  const { code, stderr } = await program.start(flags(straight, tiny, bf16)).ended;
  if (code !== 0) throw new Error(`the run that is not killed failed: ${stderr}`);
  const milliseconds = performance.now() - begin;
  const expected = JSON.stringify(ending(straight, LAST));

  while (counts.kills < options.kills) {
    const output = join(outputs, `killed-${counts.runs}`, "output");
    for (let ended = false; !ended; ) {
      const resumes = names(output).some((name) => /^checkpoint-\d+$/.test(name));
      const running = program.start([...flags(output, tiny, bf16), ...(resumes ? ["--resume"] : [])]);
      if (counts.kills < options.kills) {
        // The kind of kill depends on the number of the kill, not on the run.
        if (counts.kills % 2 === 0) killLater(running, random() * milliseconds);
        else killWhileSaving(running, output, { save: 1 + Math.floor(random() * 3), delay: random() * 12 });
      }
      const end = await running.ended;
      if (end.signal === "SIGKILL") {
        counts.kills++;
        if (names(output).some((name) => writtenBy(running, name))) counts.whileSaving++;
        if (!resumes) counts.beforeTheFirst++;
        options.onKill?.(counts);
        continue;
      }
      ended = true;
      counts.runs++;
      const left = end.code === 0 ? JSON.stringify(ending(output, LAST)) : undefined;
      if (left !== expected || debris(output).length > 0)
        counts.lost.push(`${output}: exit code ${end.code}, ${end.stderr}, ${debris(output)}`);
      else rmSync(output, { recursive: true });
    }
  }
  rmSync(tiny.folder, { recursive: true });
  // If something was lost, the folders are kept for inspection.
  if (counts.lost.length === 0) rmSync(outputs, { recursive: true });
  return counts;
}

const writtenBy = ({ child }: Running, name: string) =>
  name.startsWith("checkpoint-") && name.includes(`.new-${child.pid}-`);

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

function killLater({ child, ended }: Running, milliseconds: number): void {
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  ended.finally(() => clearTimeout(timer));
}

/**
 * Kills the process `delay` milliseconds after it has started to write its n-th checkpoint, n being `save`.
 */
function killWhileSaving(
  running: Running,
  output: string,
  { save, delay }: { readonly save: number; readonly delay: number },
): void {
  const seen = new Set<string>();
  const look = setInterval(() => {
    if (!existsSync(output)) return;
    clearInterval(look);
    const watcher = watch(output, (_, name) => {
      if (name === null || !writtenBy(running, name)) return;
      seen.add(name);
      if (seen.size === save) killLater(running, delay);
    });
    running.ended.finally(() => watcher.close());
  }, 5);
  running.ended.finally(() => clearInterval(look));
}
