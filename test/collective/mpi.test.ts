/** Processes that mpiexec starts. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compiledProgram, type Program } from "../cli/program.js";
import { appeared, trainFlags } from "../train/crash/commandLine.js";
import { bytesOf } from "../train/outputBytes.js";
import { tinyModel } from "../train/tinyModel.js";
import { launcher, mpi, mpiEnvironment, mpiMissing } from "./mpiHere.js";
import { ranksOf } from "./ranks.js";

/** `describe`, if MPI is installed. Otherwise the tests are skipped, and their title says why. */
const describeMpi = (title: string, tests: () => void): void =>
  mpiMissing === undefined
    ? void describe(title, tests)
    : void describe.skip(`${title} (skipped: ${mpiMissing})`, tests);

describeMpi("processes that mpiexec starts", () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  let program: Program;
  beforeAll(async () => {
    tiny = await tinyModel();
    program = compiledProgram();
  });
  afterAll(() => {
    rmSync(tiny.folder, { recursive: true });
    program.remove();
  });

  const output = (name: string) => join(tiny.folder, name);
  const start = (processes: number, args: readonly string[]) =>
    program.start(args, processes === 1 ? {} : { launcher: launcher(processes), env: mpiEnvironment() });
  const train = async (processes: number, name: string, changes: Parameters<typeof trainFlags>[2] = {}) => {
    const ended = await start(processes, trainFlags(tiny, output(name), { threads: 1, ...changes })).ended;
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    return JSON.parse(readFileSync(join(output(name), "trainer_state.json"), "utf8"));
  };

  test("every exchange gives what it should, with an event loop that lives", () => {
    const [program, ...args] = [...launcher(3), process.execPath, "--import", "tsx"];
    const { stdout, stderr } = spawnSync(program!, [...args, join(import.meta.dirname, "exchange.ts")], {
      env: { ...process.env, NODE_OPTIONS: "", ...mpiEnvironment() },
      encoding: "utf8",
    });
    expect({ stdout, stderr }).toEqual({ stdout: "well\n", stderr: "" });
  });

  test("two and four processes train what one does, with dropout, average and field, and write one of each file", async () => {
    const changes = {
      "ema-decay": 0.9,
      crf: "true",
      "load-best-model-at-end": "true",
      "save-strategy": "epoch",
    };
    const alone = await train(1, "alone", changes);
    for (const processes of [2, 4]) {
      const name = `by-${processes}`;
      const together = await train(processes, name, changes);
      expect(together.log_history.length).toBe(alone.log_history.length);
      for (const [at, log] of alone.log_history.entries())
        for (const key of ["loss", "grad_norm", "eval_loss", "eval_f1"])
          if (key in log)
            expect(Math.abs(together.log_history[at][key] / log[key] - 1) || 0).toBeLessThan(1e-3);
      expect(readdirSync(output(name)).sort()).toEqual(readdirSync(output("alone")).sort());
      expect(Object.keys(bytesOf(output(name), "checkpoint-24"))).toEqual(
        Object.keys(bytesOf(output("alone"), "checkpoint-24")),
      );
    }
  });

  test("only the first process prints, and an error is told once", async () => {
    const { stdout, status } = spawnedTogether(2, ["train", "--help"]);
    expect(stdout.match(/^Usage:/gm)).toHaveLength(1);
    expect(status).toBe(0);
    const missing = spawnedTogether(2, [
      "train",
      "--model",
      "m",
      "--train",
      "none",
      "--output",
      output("none"),
    ]);
    expect(missing.stderr.match(/^error:/gm)).toHaveLength(1);
    expect(missing.status).not.toBe(0);
  });

  const spawnedTogether = (processes: number, args: readonly string[]) => {
    // The program is started as by a user, with its output in pipes.
    const main = program.main;
    const [launch, ...rest] = [...launcher(processes), process.execPath, main, ...args];
    return spawnSync(launch!, rest, {
      env: { ...process.env, NODE_OPTIONS: "", ...mpiEnvironment() },
      encoding: "utf8",
    });
  };

  test("the first process tells the error of another one, once", () => {
    const processOf = (train: string) => [
      ...["-n", "1", process.execPath, program.main],
      ...trainFlags(tiny, output("failed"), { train, threads: 1 }),
    ];
    const missing = join(tiny.folder, "missing.conll");
    const { stderr, status } = spawnSync(
      mpi.mpiexec,
      [...processOf(tiny.files.train), ":", ...processOf(missing)],
      { env: { ...process.env, NODE_OPTIONS: "", ...mpiEnvironment() }, encoding: "utf8" },
    );
    expect(stderr.match(/^error: .*/gm)).toEqual([
      expect.stringMatching(/^error: Process 1 \(.*\) failed: .*\[DATA_FILE_MISSING\]/),
    ]);
    expect(status).not.toBe(0);
  });

  /** Two processes with arguments of their own. They are killed if they do not end. */
  const apart = (first: readonly string[], second: readonly string[]) => {
    const processOf = (args: readonly string[]) => ["-n", "1", process.execPath, program.main, ...args];
    return spawnSync(mpi.mpiexec, [...processOf(first), ":", ...processOf(second)], {
      env: { ...process.env, NODE_OPTIONS: "", MPIEXEC_TIMEOUT: "60", ...mpiEnvironment() },
      encoding: "utf8",
    });
  };

  test.each([
    ["a recipe that is missing", (flags: readonly string[]) => ["train", "missing.yaml", ...flags.slice(1)]],
    ["an unknown option", (flags: readonly string[]) => [...flags, "--lerning-rate", "1"]],
    ["an option given twice", (flags: readonly string[]) => [...flags, "--seed", "1", "--seed", "2"]],
    ["a wrong value", (flags: readonly string[]) => [...flags, "--learning-rate", "fast"]],
  ])("%s at one process ends all with one error", (_, broken) => {
    const right = trainFlags(tiny, output("early"), { threads: 1 });
    for (const [first, second] of [
      [right, broken(right)],
      [broken(right), right],
      [broken(right), broken(right)],
    ] as const) {
      const begin = performance.now();
      const { stderr, status } = apart(first, second);
      expect(stderr.match(/^error: .*/gm)).toHaveLength(1);
      // Files that are still open would be closed with a warning of Node's.
      expect(stderr).not.toContain("Warning");
      expect(status).not.toBe(0);
      expect(performance.now() - begin).toBeLessThan(30_000);
    }
  });

  test("the death of a process ends the others with one line, and one process continues", async () => {
    const name = "killed";
    const flags = trainFlags(tiny, output(name), { threads: 1, "num-train-epochs": 400, "save-steps": 5 });
    // mpiexec kills the other process, sometimes before it has said anything, if one dies of a signal. A shell between them
    // makes an exit code of it.
    const patient = [mpi.mpiexec, "-disable-auto-cleanup", "-n", "2", "sh", "-c", '"$0" "$@"; exit $?'];
    const running = program.start(flags, { launcher: patient, env: mpiEnvironment() });
    await appeared(join(output(name), "checkpoint-5"), running);
    const victim = ranksOf(output(name)).get(1)!;
    process.kill(victim, "SIGKILL");
    const killed = performance.now();
    const { code, stderr } = await running.ended;
    expect(performance.now() - killed).toBeLessThan(10_000);
    expect(code).not.toBe(0);
    expect(stderr.match(/COLLECTIVE_PROCESS_LOST/g)).toHaveLength(1);
    expect(stderr).toContain(`Process 1 (${victim} on `);
    // The launcher does not wait for what is behind a shell.
    await expect.poll(() => ranksOf(output(name)).size, { timeout: 10_000 }).toBe(0);
    const steps = readdirSync(output(name)).flatMap((each) => /^checkpoint-(\d+)$/.exec(each)?.[1] ?? []);
    const last = Math.max(...steps.map(Number));
    const resumed = await start(1, [...flags, "--resume", "--force", "--max-steps", String(last + 2)]).ended;
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain("RANKS_CHANGED");
    expect(existsSync(join(output(name), "README.md"))).toBe(true);
  });
});
