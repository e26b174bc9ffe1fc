import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mulberry32 } from "../../../src/data/index.js";
import { quickFolder } from "../../files/scratch.js";
import type { Program, Running } from "../program.js";
import { watchTree } from "./moments.js";
import type { Scenario } from "./scenario.js";
import { differences, harm, isMixed, type Tree, treeOf } from "./tree.js";

/** The results of a series of kills of one command. */
export interface CommandCounts {
  kills: number;
  /** Kills at a change of the command's files, or at a request to the hub; the others were at random times. */
  aimed: number;
  /** Kills that left something behind, such as a temporary file or a lock. */
  leftBehind: number;
  /** Kills after which some files of a folder were new, and others still the old ones. */
  mixed: number;
  /** Runs that ended. */
  runs: number;
  /** What went wrong, one line each. */
  readonly lost: string[];
}

/** What a command does if it is not killed. */
interface Straight {
  readonly before: Tree;
  readonly after: Tree;
  readonly milliseconds: number;
  readonly changes: number;
}

interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (counts: CommandCounts) => void;
}

/** The longest time between a change and a kill that is aimed at it, in milliseconds. */
const LATEST = 4;

/**
 * Kills a command `kills` times, in rounds. Each round begins with the same files, and ends with a run that is
 * not killed: it must have the result of one that never was, and leave nothing else. Half of the kills are at
 * random times, half at a random change of the files.
 */
export async function killCommand(
  scenario: Scenario,
  program: Program,
  { kills, seed, onKill }: KillOptions,
): Promise<CommandCounts> {
  const random = mulberry32(seed);
  const root = quickFolder("kills");
  const world = join(root, "world");
  const template = join(root, "template");
  const counts: CommandCounts = { kills: 0, aimed: 0, leftBehind: 0, mixed: 0, runs: 0, lost: [] };
  const env = { HF_HOME: join(world, "home"), ...scenario.outside?.env };
  const start = () => program.start(scenario.args(world), { env });
  const watched = (onChange: () => void) =>
    scenario.outside === undefined ? watchTree(world, onChange) : scenario.outside.watch(onChange);
  const renewed = () => {
    rmSync(world, { recursive: true, force: true });
    cpSync(template, world, { recursive: true, verbatimSymlinks: true });
    scenario.outside?.reset();
  };

  mkdirSync(join(template, "home"), { recursive: true });
  await scenario.prepare(template);
  renewed();
  const straight = await straightRun(world, start, watched);
  const states = { ...straight, passing: (name: string) => scenario.passing?.test(name) ?? false };
  const report = (wrong: readonly string[], when: string) =>
    counts.lost.push(...wrong.map((line) => `${scenario.name}, ${when}: ${line}`));

  while (counts.kills < kills) {
    renewed();
    const inThisRound = 1 + Math.floor(random() * 8);
    for (let killed = 0; ; ) {
      const running = start();
      const strikes = killed < inThisRound && counts.kills < kills;
      const isAimed = counts.kills % 2 === 1;
      if (strikes && isAimed)
        killAtChange(running, watched, {
          change: 1 + Math.floor(random() * straight.changes),
          delay: random() * LATEST,
        });
      else if (strikes) killLater(running, random() * straight.milliseconds);
      const { code, signal, stderr } = await running.ended;
      const when = `kill ${counts.kills + 1}, round ${counts.runs + 1}`;
      if (signal === "SIGKILL") {
        killed++;
        counts.kills++;
        if (isAimed) counts.aimed++;
        const now = treeOf(world);
        report([...harm(now, states), ...(scenario.outside?.harm(false) ?? [])], when);
        if (differences(now, states.before).length > 0 && differences(now, states.after).length > 0)
          counts.leftBehind++;
        if (isMixed(now, states)) counts.mixed++;
        onKill?.(counts);
        continue;
      }
      counts.runs++;
      const left = code === 0 ? differences(treeOf(world), states.after) : [`exit code ${code}: ${stderr}`];
      report([...left, ...(scenario.outside?.harm(true) ?? [])], `${when}, the run after it`);
      break;
    }
  }
  rmSync(root, { recursive: true });
  return counts;
}

async function straightRun(
  world: string,
  start: () => Running,
  watched: (onChange: () => void) => () => void,
): Promise<Straight> {
  const before = treeOf(world);
  let changes = 0;
  const stop = watched(() => changes++);
  const begin = performance.now();
  const { code, stderr } = await start().ended;
  const milliseconds = performance.now() - begin;
  stop();
  if (code !== 0) throw new Error(`the command that is not killed failed: ${stderr}`);
  return { before, after: treeOf(world), milliseconds, changes };
}

function killLater({ child, ended }: Running, milliseconds: number): void {
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  ended.finally(() => clearTimeout(timer));
}

/** Kills a process `delay` milliseconds after the n-th change, n being `change`. */
function killAtChange(
  running: Running,
  watched: (onChange: () => void) => () => void,
  { change, delay }: { readonly change: number; readonly delay: number },
): void {
  let seen = 0;
  const stop = watched(() => {
    if (++seen === change) killLater(running, delay);
  });
  running.ended.finally(stop);
}
