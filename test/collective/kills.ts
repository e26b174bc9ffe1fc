import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mulberry32 } from "../../src/data/index.js";
import type { Program } from "../cli/program.js";
import { quickFolder } from "../files/scratch.js";
import { STEPS, trainFlags } from "../train/crash/commandLine.js";
import { debris } from "../train/crash/savedRun.js";
import { ending } from "../train/outputBytes.js";
import { tinyModel } from "../train/tinyModel.js";
import { launcher, mpiEnvironment } from "./mpiHere.js";
import { ranksOf } from "./ranks.js";

/** The results of a series of kills. */
export interface RankKills {
  kills: number;
  /** How often each process was killed. */
  readonly ofRank: number[];
  /** Kills while it trained: after this start had written a checkpoint. The others were at random times. */
  whileTraining: number;
  /** How often, of those, the other processes said which one was gone before the launcher killed them. */
  told: number;
  /** Milliseconds from a kill to the end of the last process: the longest. */
  slowest: number;
  /** Runs that ended. All but those in `lost` have the same bytes as the run that was never killed. */
  runs: number;
  readonly lost: string[];
}

const LAST = `checkpoint-${STEPS}`;

/** A kill that aims at training comes at most this many milliseconds after a checkpoint. */
const AFTER_SAVE = 300;

/** Milliseconds within which all processes must end after one was killed. */
const MOST = 10_000;

/**
 * Kills a random process of runs with several processes, at random moments, and starts the runs again until they end, with
 * `kills` kills in total.
 */
export async function killRanks(
  program: Program,
  {
    kills,
    seed,
    processes,
    onKill,
  }: { kills: number; seed: number; processes: number; onKill?: (counts: RankKills) => void },
): Promise<RankKills> {
  const random = mulberry32(seed);
  const tiny = await tinyModel();
  const ofRank = new Array<number>(processes).fill(0);
  const counts: RankKills = { kills: 0, ofRank, whileTraining: 0, told: 0, slowest: 0, runs: 0, lost: [] };
  const outputs = quickFolder("rank-kills");
  const flags = (output: string) =>
    trainFlags(tiny, output, { threads: 1, "save-steps": 2, "save-total-limit": 2 });
  const start = (args: readonly string[]) =>
    program.start(args, { launcher: launcher(processes), env: mpiEnvironment() });
  const straight = join(outputs, "straight", "output");
  const begin = performance.now();
  const { code, stderr } = await start(flags(straight)).ended;
  if (code !== 0) throw new Error(`the run that is not killed failed with exit code ${code}: ${stderr}`);
  const milliseconds = performance.now() - begin;
  const expected = JSON.stringify(ending(straight, LAST));

  while (counts.kills < kills) {
    const output = join(outputs, `killed-${counts.runs}`, "output");
    for (;;) {
      const resumes = names(output).some((name) => /^checkpoint-\d+$/.test(name));
      const running = start([...flags(output), ...(resumes ? ["--resume"] : [])]);
      let killed: number | undefined;
      const rank = Math.floor(random() * processes);
      const kill = () => {
        const victim = ranksOf(output).get(rank);
        if (victim === undefined) return;
        process.kill(victim, "SIGKILL");
        killed = performance.now();
      };
      const before = new Set(names(output));
      const isNew = (name: string) => /^checkpoint-\d+$/.test(name) && !before.has(name);
      const isAimed = counts.kills % 2 === 1;
      const delay = random() * (isAimed ? AFTER_SAVE : milliseconds);
      const stops =
        counts.kills >= kills
          ? () => {}
          : isAimed
            ? once(() => names(output).some(isNew), delay, kill)
            : later(delay, kill);
      const end = await running.ended;
      stops();
      // A process that is killed after its work is done changes nothing.
      if (killed !== undefined && end.code !== 0) {
        counts.kills++;
        ofRank[rank]!++;
        // The launcher may end a moment before what it has killed.
        while (ranksOf(output).size > 0 && performance.now() - killed < MOST)
          await new Promise((wake) => setTimeout(wake, 10));
        const took = performance.now() - killed;
        counts.slowest = Math.max(counts.slowest, took);
        if (names(output).some(isNew)) {
          counts.whileTraining++;
          if (end.stderr.includes("COLLECTIVE_PROCESS_LOST")) counts.told++;
        }
        const left = ranksOf(output).size;
        if (took > MOST || left > 0)
          counts.lost.push(`${output}: ${left} processes were left ${took.toFixed(0)} ms after a kill`);
        onKill?.(counts);
        continue;
      }
      counts.runs++;
      const left = end.code === 0 ? JSON.stringify(ending(output, LAST)) : undefined;
      if (left !== expected || debris(output).length > 0)
        counts.lost.push(`${output}: exit code ${end.code}, ${end.stderr}, ${debris(output)}`);
      else rmSync(output, { recursive: true });
      break;
    }
  }
  rmSync(tiny.folder, { recursive: true });
  // If something was lost, the folders are kept for inspection.
  if (counts.lost.length === 0) rmSync(outputs, { recursive: true });
  return counts;
}

/** Does something after some milliseconds. Returns a function that prevents it. */
function later(milliseconds: number, act: () => void): () => void {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
}

/** The same, some milliseconds after a condition is met. */
function once(isMet: () => boolean, milliseconds: number, act: () => void): () => void {
  let stops = () => {};
  const look = setInterval(() => {
    if (!isMet()) return;
    clearInterval(look);
    stops = later(milliseconds, act);
  }, 3);
  return () => {
    clearInterval(look);
    stops();
  };
}

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
