/**
 * Compares Nerium with Python's `datasets` and the fast tokenizers on data too large for memory:
 *
 *     npm run --silent bench:large-data -- --tokenizer bert-base-cased [--sentences 1000000] [--work DIR] [--rounds 1]
 *                                          [--processes 1] [--memory]
 *
 * Writes a JSON Lines file of generated sentences (`tokens`, `ner_tags`) to DIR. Both sides read it, convert
 * it to tokens with aligned labels and cache the result on the disk, each in a process of its own, in turn.
 * Then both start again, from the cache. In every start they draw random batches of 16.
 *
 * Python works as in run_ner.py: `load_dataset("json")`, then `map` in batches with `--processes`. Its memory
 * is that of its largest process. `--memory` adds a start of Nerium without a cache, with the data in memory.
 * Without NERIUM_PYTHON only Nerium runs. DIR needs about 1 GB for a million sentences. All files are removed
 * at the end.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gigabytes } from "../memory.js";
import { writeSentences } from "./sentences.js";

const { values } = parseArgs({
  options: {
    tokenizer: { type: "string" },
    sentences: { type: "string", default: "1000000" },
    work: { type: "string", default: tmpdir() },
    rounds: { type: "string", default: "1" },
    processes: { type: "string", default: "1" },
    memory: { type: "boolean", default: false },
  },
});
const { tokenizer } = values;
if (tokenizer === undefined)
  throw new Error("usage: npm run --silent bench:large-data -- --tokenizer FOLDER");
const python = process.env.NERIUM_PYTHON;
const sentences = Number(values.sentences);

/** The result of one start of a contestant. */
interface Start {
  /** Seconds until the first window can be drawn. */
  readonly seconds: number;
  readonly windows: number;
  readonly tokens: number;
  /** Random batches of 16 windows per second. */
  readonly batches: number;
  /** Peak resident memory in bytes. */
  readonly memory: number;
}

const scratch = mkdtempSync(join(values.work, "nerium-large-data-"));
try {
  const file = join(scratch, "sentences.jsonl");
  await writeSentences(file, sentences);
  console.log(`${sentences} sentences, ${gigabytes(statSync(file).size)}, ${tokenizer}`);
  for (let round = 1; round <= Number(values.rounds); round++) compare(file, join(scratch, `round-${round}`));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function compare(file: string, cache: string): void {
  mkdirSync(cache);
  const contestants = [
    { name: "Nerium", start: () => nerium(file, cache, "always") },
    ...(python === undefined ? [] : [{ name: "datasets", start: () => datasets(python, file, cache) }]),
  ];
  const rows: { name: string; start: string; found: Start }[] = [];
  for (const start of ["first", "second"])
    for (const { name, start: run } of contestants) {
      const found = run();
      rows.push({ name, start, found });
      print(name, start, found);
    }
  const seconds = (name: string, start: string) =>
    rows.find((row) => row.name === name && row.start === start)!.found.seconds;
  if (python !== undefined)
    for (const start of ["first", "second"])
      console.log(
        `${start} start: Nerium takes ${(seconds("Nerium", start) / seconds("datasets", start)).toFixed(2)} of the time`,
      );
  if (values.memory) print("Nerium", "in memory", nerium(file, cache, "never"));
}

function print(name: string, start: string, { seconds, windows, tokens, batches, memory }: Start): void {
  const speed = `${Math.round(sentences / seconds).toLocaleString("en")} sentences/s`;
  console.log(
    `${name.padEnd(9)} ${start.padEnd(9)} ${seconds.toFixed(1).padStart(7)} s  ${speed.padStart(22)}  ${windows} windows, ${tokens} tokens  ${Math.round(batches)} batches/s  peak ${gigabytes(memory)}`,
  );
}

function nerium(file: string, cache: string, mode: "always" | "never"): Start {
  const script = join(import.meta.dirname, "nerium.ts");
  const command = ["--import", "tsx", script, file, tokenizer!, mode];
  return started(process.execPath, command, { HF_HOME: cache });
}

function datasets(interpreter: string, file: string, cache: string): Start {
  const script = join(import.meta.dirname, "contestant.py");
  const env = { HF_HOME: cache, HF_HUB_OFFLINE: "1", HF_DATASETS_OFFLINE: "1" };
  return started(interpreter, [script, file, tokenizer!, values.processes], env);
}

function started(program: string, args: readonly string[], env: Record<string, string>): Start {
  const answer = execFileSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(answer.trim().split("\n").at(-1)!) as Start;
}
