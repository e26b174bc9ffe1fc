/**
 * Peak memory of `nerium data inspect` on CoNLL files of increasing size:
 *
 *     npm run --silent bench:inspect [-- --megabytes 250,500,1000] [--work DIR]
 *
 * Each file is generated, read in a process of its own, and removed at the end. DIR needs free space of 1.25
 * times the largest file.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gigabytes } from "../memory.js";
import { writeColumns } from "./sentences.js";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "250,500,1000" },
    work: { type: "string", default: tmpdir() },
  },
});

const scratch = mkdtempSync(join(values.work, "nerium-inspect-"));
try {
  for (const size of values.megabytes.split(",").map(Number)) {
    const file = join(scratch, "train.conll");
    await writeColumns(file, size * 1e6);
    const child = join(import.meta.dirname, "inspectOne.ts");
    const printed = execFileSync(process.execPath, ["--import", "tsx", child, file], {
      encoding: "utf8",
      env: { ...process.env, TMPDIR: scratch },
    });
    const { sentences, seconds, memory } = JSON.parse(printed);
    console.log(
      `${size} MB, ${sentences.toLocaleString("en")} sentences: ${seconds.toFixed(0)} s, peak ${gigabytes(memory)}`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
