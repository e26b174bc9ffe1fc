/**
 * Runs a sweep of 12 settings on the quickstart's data: once without interruption, once killed with `kill -9` in each of its first
 * runs, at moments that depend on the seed, and once with halving. Says whether the killed one has the same table, and what halving saves.
 *
 *     npm run bench:sweep -- --quickstart FOLDER --work FOLDER [--sentences 7000] [--kills 10] [--seed 1]
 *
 * --quickstart is what `nerium quickstart` has written.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Sweep } from "../../src/improve/index.js";
import { compiledProgram } from "../../test/cli/program.js";
import { randomFrom } from "../../test/improve/damage.js";

const { values } = parseArgs({
  options: {
    quickstart: { type: "string" },
    work: { type: "string" },
    sentences: { type: "string", default: "7000" },
    kills: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
  },
});
const { quickstart, work } = values;
if (quickstart === undefined || work === undefined) throw new Error("--quickstart and --work are needed");
if (Number(values.kills) > 11) throw new Error("--kills is at most 11: there are 12 runs");
const next = randomFrom(Number(values.seed));
const BATCH = 32;
const EPOCHS = 4;
const program = compiledProgram();

const started = (name: string, ...more: string[]) =>
  program.start([
    ...["sweep", "--model", join(quickstart, "encoder"), "--train", join(quickstart, "train.conll")],
    ...["--validation", join(quickstart, "validation.conll"), "--max-train-samples", values.sentences],
    ...["--per-device-train-batch-size", String(BATCH), "--num-train-epochs", String(EPOCHS)],
    ...["--output", join(work, name)],
    ...["--space", "learning_rate=2e-4,1e-3,2e-3,5e-3", "--space", "warmup_steps=0,10,30", ...more],
  ]);
const resultOf = (name: string) =>
  readFileSync(join(work, name, "sweep.json"), "utf8").replaceAll(join(work, name), "FOLDER");
const tableOf = (name: string) => JSON.parse(resultOf(name)) as Sweep;

/** Runs a sweep to its end and returns the seconds it took. */
async function seconds(name: string, ...more: string[]): Promise<number> {
  rmSync(join(work!, name), { recursive: true, force: true });
  const from = performance.now();
  const { code, stderr } = await started(name, ...more).ended;
  if (code !== 0) throw new Error(stderr);
  return (performance.now() - from) / 1000;
}

try {
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`);
  const full = await seconds("full");
  const { settings } = tableOf("full");
  for (const { setting, values: own, f1, behind } of settings)
    console.log(
      `  ${setting}: ${JSON.stringify(own)}, F1 ${f1.toFixed(4)}${behind ? `, behind ${behind.difference.toFixed(4)} (${behind.interval.map((end) => end.toFixed(4)).join(" to ")})` : ""}`,
    );
  console.log(`full: ${full.toFixed(0)} s, winner ${settings[0]!.setting}`);

  const halving = await seconds("halving", "--halving");
  const winner = tableOf("halving").settings[0]!;
  const place = settings.findIndex(({ setting }) => setting === winner.setting) + 1;
  console.log(
    `halving: ${halving.toFixed(0)} s (${(halving / full).toFixed(2)} of the full time), winner ${winner.setting}, F1 ${winner.f1.toFixed(4)}, place ${place} of the full search`,
  );

  rmSync(join(work, "killed"), { recursive: true, force: true });
  const wanted = Number(values.kills);
  // Kill number k comes while run k goes on, after an epoch of it that depends on the seed, whatever the time that takes. So there
  // is always another run for the next kill.
  const finishedRuns = () =>
    settings.filter((_, index) => existsSync(join(work, "killed", `setting-${index + 1}`, "seed-42.json")))
      .length;
  const epochsOf = (setting: number) => {
    const folder = join(work, "killed", `setting-${setting}`, "seed-42");
    if (!existsSync(folder)) return -1;
    const steps = readdirSync(folder).map((name) => Number(/^checkpoint-(\d+)$/.exec(name)?.[1] ?? 0));
    return Math.max(0, ...steps) / Math.ceil(Number(values.sentences) / BATCH);
  };
  let kills = 0;
  while (!existsSync(join(work, "killed", "sweep.json"))) {
    const { child, ended } = started("killed");
    let hasEnded = false;
    const over = ended.finally(() => (hasEnded = true));
    if (kills < wanted) {
      const epoch = Math.floor(next() * EPOCHS);
      const isDue = () =>
        finishedRuns() > kills || (finishedRuns() === kills && epochsOf(kills + 1) >= epoch);
      while (!hasEnded && !isDue()) await setTimeout(5);
      await setTimeout(50 * next());
      if (!hasEnded && child.kill("SIGKILL")) kills++;
    }
    const { code, signal, stderr } = await over;
    if (code !== 0 && signal !== "SIGKILL") throw new Error(stderr);
  }
  const same = resultOf("killed") === resultOf("full");
  console.log(`${kills} kills: ${same ? "the same table" : "ANOTHER TABLE"}`);
  if (!same || kills < wanted) process.exitCode = 1;
} finally {
  program.remove();
}
