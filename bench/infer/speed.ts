/**
 * Compares the speed of Nerium in every dtype, and with every engine that is installed, with transformers' pipeline and, if
 * the folder has been exported, with transformers.js. The exported int8 file is also run by the engines themselves:
 *
 *     npm run build && npm run --silent bench:infer -- FOLDER valid.txt [--sentences 480] [--threads 2] [--rounds 2]
 *                                                          [--family deberta-v2]
 *
 * The texts are sentences of a data file in order, with words joined by spaces. Each contestant is a process
 * of its own, and they take turns. Prints throughput (for the pipeline also at other batch sizes), time for a
 * single sentence, resident memory, and time from the start of a process to the first answer. For Nerium also
 * F1 and the share of tags equal to those of fp32. The interpreter is $NERIUM_PYTHON.
 *
 * With `--family NAME` the model is one of that family in its usual small size, with random weights, and the sentences have random
 * words and the lengths that the tokenizer of FOLDER gives. Its F1 means nothing and is not printed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDataset } from "../../src/data/index.js";
import { machineReport } from "../../src/runtime/index.js";
import { writeFiles } from "../families/files.js";
import { median } from "../median.js";
import { Contestant } from "../python/contestant.js";
import { startTransformersJs } from "../transformers-js/start.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sentences: { type: "string", default: "480" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "2" },
    family: { type: "string" },
  },
});
const { threads, family } = values;
const here = (name: string) => join(import.meta.dirname, name);
const scratch = mkdtempSync(join(tmpdir(), "nerium-speed-"));

const { folder, file } = modelAndData();
const sentences = (await readDataset(file)).sentences.slice(0, Number(values.sentences));
const texts = sentences.map(({ words }) => words.join(" "));
const single = texts.filter((_, index) => index % 8 === 0).slice(0, 60);
const checked = join(scratch, "checked.txt");
writeFileSync(
  checked,
  sentences
    .map(({ words, tags }) => words.map((word, index) => `${word} ${tags[index]}\n`).join(""))
    .join("\n"),
);

interface Row {
  readonly name: string;
  readonly contestant: Contestant;
  /** Batch sizes to try; Nerium makes its own batches. */
  readonly batches: readonly number[];
  readonly throughput: Map<number, number[]>;
  readonly latency: number[];
}
const row = (name: string, contestant: Contestant, batches: readonly number[]): Row => ({
  name,
  contestant,
  batches,
  throughput: new Map(batches.map((batch) => [batch, []])),
  latency: [],
});
const dtypes = ["fp32", "q8", "int8"] as const;
const { processor, bf16, bf16Problem, engines } = await machineReport();
const openvino = engines.find(({ name }) => name === "openvino")!;
const ofOpenvino = [
  ...(openvino.problem === undefined ? ["fp32"] : []),
  ...(bf16Problem === undefined ? ["bf16"] : []),
];
const int8File = existsSync(join(folder, "onnx", "model_quantized.onnx"));
const runFile = (engine: string) => Contestant.node(here("exported.mjs"), [folder, threads, engine]);
const ours = [
  ...dtypes.map((dtype) =>
    row(`Nerium ${dtype}`, Contestant.node(here("nerium.mjs"), [folder, threads, dtype]), [0]),
  ),
  ...ofOpenvino.map((dtype) =>
    row(
      `Nerium, OpenVINO ${dtype}`,
      Contestant.node(here("nerium.mjs"), [folder, threads, dtype, "openvino"]),
      [0],
    ),
  ),
  ...(int8File ? [row("int8 file, ONNX Runtime", runFile("onnxruntime"), [0])] : []),
  ...(int8File && openvino.problem === undefined
    ? [row("int8 file, OpenVINO", runFile("openvino"), [0])]
    : []),
];
const exported = (["fp32", "q8"] as const).filter((dtype) =>
  existsSync(join(folder, "onnx", dtype === "fp32" ? "model.onnx" : "model_quantized.onnx")),
);
const transformersJs: Row[] = [];
for (const dtype of exported)
  transformersJs.push(
    row(`transformers.js ${dtype}`, await startTransformersJs(folder, threads, dtype), [16, 1]),
  );
const rows = [
  row(
    "pipeline",
    Contestant.start(here("pipeline.py"), [folder, threads]),
    family === undefined ? [16, 4, 8, 32] : [16],
  ),
  ...ours,
  ...transformersJs,
];
for (const { contestant } of rows) {
  await contestant.answer();
  await contestant.ask({ texts: texts.slice(0, 32), batch: 8 });
}
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { contestant, batches, throughput } of rows)
    for (const batch of batches) {
      const { seconds } = await contestant.ask<{ seconds: number }>({ texts, batch });
      throughput.get(batch)!.push(texts.length / seconds);
    }
  for (const { contestant, latency } of rows)
    latency.push(...(await contestant.ask<{ seconds: number[] }>({ single })).seconds);
}

const best = ({ throughput }: Row) =>
  [...throughput]
    .map(([batch, rates]) => ({ batch, rate: median(rates) }))
    .sort((a, b) => b.rate - a.rate)[0]!;
const [pipeline] = rows;
const at16 = median(pipeline!.throughput.get(16)!);
const vnni = /\bavx(512)?_vnni\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
console.log(
  `${processor}, ${vnni ? "with" : "without"} VNNI, bf16: ${bf16}, ${threads} threads each; ${texts.length} sentences`,
);
console.log(
  `ONNX Runtime ${engines[0]!.version}, OpenVINO ${openvino.version ?? openvino.problem!.message}${int8File ? "" : "; no exported int8 file"}`,
);
console.log(`the pipeline with batches of 16: ${at16.toFixed(1)} sentences/s`);
console.log(
  "\n                         sentences/s      of 16s  of its best  median ms  of pipeline     resident",
);
for (const each of rows) {
  const { batch, rate } = best(each);
  const latency = median(each.latency) * 1000;
  const { bytes } = await each.contestant.ask<{ bytes: number }>({ memory: true });
  console.log(
    [
      each.name.padEnd(24),
      `${rate.toFixed(1)}${batch === 0 ? "" : ` (${batch})`}`.padStart(12),
      `${(rate / at16).toFixed(2)}x`.padStart(11),
      `${(rate / best(pipeline!).rate).toFixed(2)}x`.padStart(12),
      latency.toFixed(1).padStart(10),
      (latency / (median(pipeline!.latency) * 1000)).toFixed(2).padStart(12),
      `${(bytes / 1e6).toFixed(0)} MB`.padStart(12),
    ].join(" "),
  );
}
const weights = statSync(join(folder, "model.safetensors")).size;
console.log(
  `the bar for memory, 1.3 times the weights and 300 MB: ${((1.3 * weights) / 1e6 + 300).toFixed(0)} MB`,
);

const answers: { f1: number; tags: string[] }[] = [];
for (const { contestant } of family === undefined ? ours : [])
  answers.push(await contestant.ask({ evaluate: checked }));
for (const { contestant } of rows) contestant.end();
const [exact] = answers;
answers.forEach(({ f1, tags }, index) => {
  const equal = tags.filter((tag, word) => tag === exact!.tags[word]).length / tags.length;
  console.log(
    `${ours[index]!.name}: F1 ${f1.toFixed(4)} (${(f1 - exact!.f1).toFixed(4)}), ${(100 * equal).toFixed(3)}% equal tags`,
  );
});

const text = texts[0]!;
const commands: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ["pipeline", process.env.NERIUM_PYTHON!, [here("firstAnswer.py"), folder, threads, text]],
  ...dtypes.map(
    (dtype) =>
      [`Nerium ${dtype}`, process.execPath, [here("firstAnswer.mjs"), folder, threads, dtype, text]] as const,
  ),
];
const first = new Map<string, number[]>(commands.map(([name]) => [name, []]));
for (let round = 0; round < 3; round++)
  for (const [name, command, args] of commands) {
    const begin = performance.now();
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    first.get(name)!.push((performance.now() - begin) / 1000);
  }
console.log("\nfrom a cold process to the first answer, median of 3");
for (const [name, seconds] of first) {
  const share = median(seconds) / median(first.get("pipeline")!);
  console.log(`${name.padEnd(14)} ${median(seconds).toFixed(2)} s  ${share.toFixed(2)} of the pipeline's`);
}
rmSync(scratch, { recursive: true });

function modelAndData(): { readonly folder: string; readonly file: string } {
  const [folder, file] = positionals;
  if (folder === undefined || file === undefined)
    throw new Error("usage: npm run --silent bench:infer -- FOLDER FILE [--family NAME]");
  if (family === undefined) return { folder, file };
  const random = { folder: join(scratch, "model"), file: join(scratch, "sentences.conll") };
  writeFiles({ family, ...random, lengths: { tokenizer: folder, like: file } });
  return random;
}
