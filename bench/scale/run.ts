/**
 * Two processes of one thread against one process of two threads, in turn, on the same batches; what the exchange takes by
 * itself; and from these a model of more machines:
 *
 *     npm run bench:scale -- --model bert-base-cased --train train.conll [--rounds 5] [--steps 4] [--batch 16] [--json]
 *
 * `--network 10gbit,0.1ms` (Linux, as root) puts the two processes into network namespaces whose connection has this
 * bandwidth and this delay, instead of on one machine. `--network 10gbit` has no delay; it needs less of the kernel. The library of MPI is found as `nerium train` finds it.
 */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { Shares } from "../../src/collective/index.js";
import { findMpi } from "../../src/collective/mpi/library.js";
import { median } from "../median.js";
import { gigabytes } from "../memory.js";
import { exchangeSeconds, lineOf, rows } from "./model.js";
import { connected, type Namespaces } from "./namespaces.js";
import type { Command, Measured, Ready } from "./worker.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    train: { type: "string" },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "4" },
    batch: { type: "string", default: "16" },
    network: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
if (values.model === undefined || values.train === undefined)
  throw new Error("usage: npm run bench:scale -- --model FOLDER --train FILE");
const [rounds, steps, batch] = [values.rounds, values.steps, values.batch].map(Number) as [
  number,
  number,
  number,
];

/** A worker: one process, or several that mpiexec started. */
class Worker {
  readonly lines: AsyncIterator<string>;

  constructor(private readonly child: ChildProcessByStdio<Writable, Readable, null>) {
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  static start(
    threads: number,
    launcher: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Worker {
    const worker = [process.execPath, "--import", "tsx", join(import.meta.dirname, "worker.ts")];
    const flags = ["--model", values.model!, "--train", values.train!, "--threads", String(threads)];
    const [program, ...args] = [...launcher, ...worker, ...flags];
    const child = spawn(program!, args, {
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new Worker(child);
  }

  async answer<T>(): Promise<T> {
    const { done, value } = await this.lines.next();
    if (done) throw new Error("a worker ended early");
    return JSON.parse(value) as T;
  }

  async ask(command: Command): Promise<{ readonly measured: readonly Measured[]; readonly peak: number }> {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
    return this.answer();
  }

  async end(): Promise<void> {
    this.child.stdin.end();
    await once(this.child, "exit");
  }
}

const library = findMpi();
const mpiexec = join(library, "..", "..", "bin", "mpiexec");
const namespaces: Namespaces | undefined =
  values.network === undefined ? undefined : connected(values.network, (args) => execFileSync("ip", args));
try {
  const alone = Worker.start(2, []);
  const together = Worker.start(1, [...(namespaces?.launcher(mpiexec) ?? [mpiexec]), "-n", "2"], {
    NERIUM_MPI: library,
    ...namespaces?.env,
  });
  const { parameters } = await alone.answer<Ready>();
  await together.answer<Ready>();
  const say = (line: string) => {
    if (!values.json) console.log(line);
  };

  // The first steps use memory for the first time.
  await alone.ask({ steps: 2, batch });
  await together.ask({ steps: 2, batch });
  const found: { ours: Measured[]; one: Measured[] } = { ours: [], one: [] };
  const peaks = { one: 0, ours: 0 };
  for (let round = 0; round < rounds; round++) {
    const one = await alone.ask({ steps, batch });
    const ours = await together.ask({ steps, batch });
    found.one.push(...one.measured);
    found.ours.push(...ours.measured);
    peaks.one = one.peak;
    peaks.ours = ours.peak;
    say(`round ${round + 1}: one process ${of(one.measured)} s a step, two ${of(ours.measured)} s`);
  }
  const exchanges = (await together.ask({ exchanges: 2 * steps })).measured.slice(1);
  const smaller = [];
  for (let size = batch; size >= 1; size /= 2)
    smaller.push({ batch: size, seconds: time((await alone.ask({ steps, batch: size })).measured) });
  await alone.end();
  await together.end();

  const [one, ours] = [found.one, found.ours].map(time) as [number, number];
  const ratio = median(found.ours.map(({ seconds }, at) => seconds / found.one[at]!.seconds));
  const local = median(exchanges.map(({ seconds }) => seconds));
  const sent = median(found.ours.map((each) => each.sent));
  const exchanging = median(found.ours.map((each) => each.exchanging));
  const pieces = new Shares(parameters, 2).pieces.length;
  const facts = { steps: smaller, bytes: parameters * 4, local, pieces };
  const machines = [1, 2, 4, 8, 16, 32, 64];
  const sameBatch = rows(facts, machines, () => batch);
  const sameShare = rows(facts, machines, (count) => batch * count);
  const figures = {
    parameters,
    one,
    ours,
    ratio,
    sent,
    exchanging,
    local,
    ...lineOf(smaller),
    sameBatch,
    sameShare,
  };
  if (values.json) console.log(JSON.stringify(figures));
  else {
    say(`
${parameters.toLocaleString("en")} trained numbers, ${batch} sentences a step, ${found.ours.length} steps of each${namespaces ? `, ${values.network} between the processes` : ""}
step: one process of 2 threads ${one.toFixed(3)} s, two of 1 thread ${ours.toFixed(3)} s; median of the ratios ${ratio.toFixed(3)}
each process sends ${(sent / 1e6).toFixed(0)} MB a step, and spends ${exchanging.toFixed(3)} s in exchanges, waiting included
the exchange alone ${local.toFixed(3)} s
peak memory: one process ${gigabytes(peaks.one)}, the first of two ${gigabytes(peaks.ours)}
a step takes ${lineOf(smaller).fixed.toFixed(3)} s + ${lineOf(smaller).each.toFixed(4)} s a sentence on one machine

on paper, ${batch} sentences a step on all machines together
${table(sameBatch)}

on paper, ${batch} sentences a step on each machine
${table(sameShare)}`);
    if (namespaces !== undefined) {
      const expected = exchangeSeconds(facts, 2, namespaces.network);
      say(
        `\non paper, this network: the exchange takes ${expected.toFixed(3)} s; measured alone ${local.toFixed(3)} s`,
      );
    }
  }
} finally {
  namespaces?.remove();
}

function time(measured: readonly Measured[]): number {
  return median(measured.map(({ seconds }) => seconds));
}

function of(measured: readonly Measured[]): string {
  return time(measured).toFixed(3);
}

function table(all: ReturnType<typeof rows>): string {
  const head = "machines  network      step     exchange  times as fast  share of the ideal";
  return [
    head,
    ...all.map(({ machines, network, seconds, exchange, speedup }) =>
      [
        String(machines).padStart(8),
        `  ${network.padEnd(11)}`,
        `${seconds.toFixed(3)} s`.padEnd(9),
        `${exchange.toFixed(3)} s`.padEnd(10),
        speedup.toFixed(2).padStart(13),
        `${(100 * (speedup / machines)).toFixed(0)}%`.padStart(20),
      ].join(""),
    ),
  ].join("\n");
}
