import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { convert, splitData } from "../../../src/data/index.js";
import { quickstartCorpus } from "../../../src/quickstart/corpus.js";
import { conllText } from "../../../src/quickstart/files.js";
import type { Scenario } from "./scenario.js";

/** Writes files that belong to the user: also with names that resemble those of temporary files. */
export function writeOwn(folder: string): void {
  mkdirSync(join(folder, "empty"), { recursive: true });
  for (const name of ["notes.txt", "backup.old-20240131-20240201", "data.new-20240131-12345678", ".hidden"])
    writeFileSync(join(folder, name), `the user's ${name}`);
  symlinkSync("notes.txt", join(folder, "link"));
}

const corpusText = (seed: number, sentences: number): string =>
  conllText(quickstartCorpus(seed, { train: sentences, validation: 4, test: 4 }).train);

function writeInput(world: string): string {
  const input = join(world, "in.conll");
  writeFileSync(input, corpusText(1, 200));
  writeFileSync(join(world, "earlier.conll"), corpusText(2, 100));
  return input;
}

const convertToFile: Scenario = {
  name: "convert to a file",
  async prepare(world) {
    writeInput(world);
    writeOwn(join(world, "out"));
    await convert(join(world, "earlier.conll"), join(world, "out", "data.jsonl"));
  },
  args: (world) => ["convert", join(world, "in.conll"), join(world, "out", "data.jsonl"), "--force"],
};

const convertToFolder: Scenario = {
  name: "convert to a folder",
  async prepare(world) {
    writeInput(world);
    await convert(join(world, "earlier.conll"), join(world, "out"), { to: "brat" });
    writeOwn(join(world, "out"));
  },
  args: (world) => ["convert", join(world, "in.conll"), join(world, "out"), "--to", "brat", "--force"],
};

const split = (world: string, ...more: string[]) => [
  ...["data", "split", join(world, "in.conll"), join(world, "out")],
  ...more,
];

const splitAnew: Scenario = {
  name: "data split into a new folder",
  async prepare(world) {
    writeInput(world);
    writeOwn(join(world, "beside"));
  },
  // If the process is killed after the folder is in place, the user says that it may be replaced.
  args: (world) => split(world, ...(existsSync(join(world, "out")) ? ["--force"] : [])),
};

const splitOver: Scenario = {
  name: "data split over an earlier one",
  async prepare(world) {
    writeInput(world);
    const options = { ratios: [0.5, 0.3, 0.2], seed: 7 };
    await splitData(join(world, "earlier.conll"), join(world, "out"), options);
    writeOwn(join(world, "out"));
  },
  args: (world) => split(world, "--force"),
};

export const dataScenarios = [convertToFile, convertToFolder, splitAnew, splitOver] as const;
