/**
 * Training steps on a GPU: times, tokens a second and memory, beside PyTorch on the same GPU.
 *
 *     npm run --silent bench:gpu -- [--geometry bert-base,roberta-large] [--device webgpu,cuda] [--format fp32,tf32,bf16]
 *                                   [--batches 60] [--batch-size 16] [--threads 2] [--work DIR]
 *     npm run --silent bench:gpu -- --dry-run
 *     npm run --silent bench:gpu -- --families [--family bert,roberta] [--device webgpu]
 *
 * The models have random weights, the sentences lengths as in CoNLL-2003. Every contestant is a process of its own, one after the
 * other. PyTorch takes part if NERIUM_PYTHON names an interpreter that has it: eager and sdpa attention, fused AdamW, each number
 * format, batches plain and grouped by length. A contestant that cannot run is listed with its error.
 *
 * `--dry-run` goes the whole way with a tiny model on SwiftShader (Debian's chromium-common), with PyTorch on the CPU. `--families`
 * trains a tiny model of every family for 40 steps on a device and on the CPU, and compares them.
 *
 * At the end it prints what must be carried to a machine that has nothing.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machineGpus } from "../../src/runtime/gpus.js";
import { writeFiles } from "../families/files.js";
import { median } from "../median.js";
import { gigabytes } from "../memory.js";
import { batchNumbers } from "./batches.js";
import { carried } from "./carried.js";
import { compareFamilies } from "./families.js";
import { GEOMETRIES, sentenceLengths } from "./geometries.js";
import type { Figures, OurTask, Task, TheirTask } from "./tasks.js";

/** Steps that are not counted: programs of the GPU are compiled, and memory is used for the first time. */
const WARM_UP = 5;

const { values } = parseArgs({
  options: {
    geometry: { type: "string" },
    device: { type: "string" },
    format: { type: "string", default: "fp32,tf32,bf16" },
    batches: { type: "string" },
    "batch-size": { type: "string" },
    threads: { type: "string", default: "2" },
    work: { type: "string" },
    "dry-run": { type: "boolean", default: false },
    families: { type: "boolean", default: false },
    family: { type: "string" },
  },
});
const dry = values["dry-run"];
const devices = (values.device ?? (dry || values.families ? "webgpu" : "webgpu,cuda")).split(",");
const formats = values.format.split(",") as Task["format"][];
const batches = Number(values.batches ?? (dry ? WARM_UP + 2 : 60));
if (!(batches > WARM_UP)) throw new Error(`--batches must be more than ${WARM_UP}, which are not counted`);
const work = values.work ?? mkdtempSync(join(tmpdir(), "nerium-gpu-"));
mkdirSync(work, { recursive: true });

function compare(name: string): void {
  const geometry = GEOMETRIES[name];
  if (geometry === undefined) throw new Error(`--geometry: ${Object.keys(GEOMETRIES).join(", ")}`);
  const batchSize = Number(values["batch-size"] ?? (dry ? 4 : 16));
  const folder = join(work, name);
  const train = join(work, `${name}.conll`);
  const lengths = dry ? Array<number>(4 * batchSize).fill(12) : sentenceLengths((batches + 1) * batchSize);
  writeFiles({ ...geometry, folder, file: train, lengths });
  const shared = { model: folder, train, batches, batchSize, threads: Number(values.threads) };
  const rows: { readonly name: string; readonly figures: Figures | string }[] = [];
  for (const device of devices)
    for (const format of device === "webgpu" ? formats.filter((each) => each === "fp32") : formats)
      for (const grouped of [false, true]) {
        const task: OurTask = { ...shared, device, format, grouped, swiftshader: dry };
        rows.push({ name: `Nerium ${device} ${format}${grouped ? " grouped" : ""}`, figures: ours(task) });
      }
  if (process.env.NERIUM_PYTHON !== undefined)
    for (const attention of ["eager", "sdpa"] as const)
      for (const format of dry ? (["fp32"] as const) : formats)
        for (const grouped of [false, true]) {
          const task: TheirTask = { ...shared, device: dry ? "cpu" : "cuda", format, grouped, attention };
          rows.push({
            name: `PyTorch ${task.device} ${format} ${attention}${grouped ? " grouped" : ""}`,
            figures: theirs(task),
          });
        }
  print(name, rows);
}

function print(
  geometry: string,
  rows: readonly { readonly name: string; readonly figures: Figures | string }[],
) {
  const perSecond = ({ steps }: Figures) => {
    const counted = steps.slice(WARM_UP);
    const total = (of: "tokens" | "seconds") => counted.reduce((sum, step) => sum + step[of], 0);
    return total("tokens") / total("seconds");
  };
  console.log(
    `\n${geometry}: ${batches - WARM_UP} batches. Tokens are those of sentences, without padding.\n${"".padEnd(32)} ${"step, ms".padStart(9)} ${"tokens/s".padStart(9)} ${"GPU".padStart(9)} ${"host".padStart(9)}`,
  );
  for (const { name, figures } of rows) {
    if (typeof figures === "string") {
      console.log(`${name.padEnd(32)} ${figures}`);
      continue;
    }
    const step = 1000 * median(figures.steps.slice(WARM_UP).map(({ seconds }) => seconds));
    const gpu = figures.gpuBytes === null ? "–" : gigabytes(figures.gpuBytes);
    console.log(
      `${name.padEnd(32)} ${step.toFixed(1).padStart(9)} ${perSecond(figures).toFixed(0).padStart(9)} ${gpu.padStart(9)} ${gigabytes(figures.hostBytes).padStart(9)}`,
    );
  }
  const measured = rows.flatMap(({ name, figures }) =>
    typeof figures === "string" ? [] : [{ name, figures }],
  );
  const peers = measured.filter(({ name }) => name.startsWith("PyTorch"));
  for (const { name, figures } of measured.filter(({ name }) => name.startsWith("Nerium")))
    for (const peer of peers)
      console.log(
        `${name}: ${(perSecond(figures) / perSecond(peer.figures)).toFixed(2)} of the speed of ${peer.name}`,
      );
}

/** Returns the figures of a process, or the last line of its error. */
function figuresOf(program: string, args: readonly string[]): Figures | string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const last = (text: string) => text.trim().split("\n").at(-1) ?? "";
  if (status === 0) return JSON.parse(last(stdout)) as Figures;
  const [named] = /^.*Error: .*$/m.exec(stderr ?? "") ?? [];
  return named ?? error?.message ?? last(stderr ?? "");
}

const ours = (task: OurTask) =>
  figuresOf(process.execPath, [
    ...["--import", "tsx", join(import.meta.dirname, "ours.ts")],
    JSON.stringify(task),
  ]);

function theirs({ train, batches, batchSize, grouped, ...task }: TheirTask): Figures | string {
  const { id2label } = JSON.parse(readFileSync(join(task.model, "config.json"), "utf8")) as {
    id2label: Record<string, string>;
  };
  const labels = Object.values(id2label);
  const sentences = readFileSync(train, "utf8").trim().split("\n\n");
  const windows = sentences.map((sentence) => {
    const words = sentence.split("\n").map((line) => line.split(" ") as [string, string]);
    return {
      ids: [2, ...words.map(([word]) => Number(word.slice(1))), 3],
      labels: [-100, ...words.map(([, label]) => labels.indexOf(label)), -100],
    };
  });
  const numbers = batchNumbers(windows.length, (at) => windows[at]!.ids.length, {
    grouped,
    batchSize,
    seed: 42,
  });
  const file = join(work, "batches.json");
  const chosen = Array.from({ length: batches }, (_, index) => numbers[index % numbers.length]!);
  const members = chosen.map((batch) => batch.map((at) => windows[at]!));
  writeFileSync(
    file,
    JSON.stringify({
      ...task,
      batches: members.map((batch) => ({
        ids: batch.map(({ ids }) => ids),
        labels: batch.map(({ labels }) => labels),
      })),
    }),
  );
  return figuresOf(process.env.NERIUM_PYTHON!, [join(import.meta.dirname, "peer.py"), file]);
}

const gpus = machineGpus().map(({ name, driver }) => `${name}, ${driver ?? "without a driver"}`);
console.log(gpus.join("; ") || "The system lists no GPU.");
try {
  if (values.families) await compareFamilies(work, devices[0]!, values.family?.split(","));
  else
    for (const name of (values.geometry ?? (dry ? "tiny" : "bert-base,roberta-large")).split(","))
      compare(name);
  console.log(`\nTo carry to a machine that has nothing:\n${carried().join("\n")}`);
} finally {
  if (values.work === undefined) rmSync(work, { recursive: true });
}
