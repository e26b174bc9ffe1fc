import type { Command } from "commander";
import { kebabFlags, newCommand } from "../command.js";
import { type Io, writeJson } from "../io.js";
import { jsonOption, quietOption, threadsOption, wholeNumberOption } from "../options.js";
import { coloursFor } from "../terminal/colours.js";
import { entityText } from "../terminal/entities.js";
import { resultJson, shellWord, toldRun } from "../trainingRun.js";

interface QuickstartFlags {
  readonly output: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly overwriteOutputDir?: boolean;
  readonly family?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const define = (io: Io): Command =>
  newCommand("nerium quickstart", io, { examples: ["nerium quickstart --output my-first-model"] })
    .usage("--output <folder> [options]")
    .description(
      "See every step in about a minute, without data or downloads: write a corpus and a small encoder, train it, evaluate it, write the model folder and its card, and find the entities in a sentence.",
    )
    .optionsGroup("Output:")
    .requiredOption("--output <folder>", "Folder for the corpus, the encoder and the model.")
    .option(
      "--overwrite-output-dir",
      "Overwrite the model and the files of an earlier quickstart in this folder.",
    )
    .addOption(jsonOption())
    .optionsGroup("Training:")
    .option("--family <name>", "Family of the encoder, as model_type in config.json names it. Default: bert.")
    .addOption(
      wholeNumberOption(
        "--seed <number>",
        0,
        "Random seed of the corpus, the initial weights and the training. Default: 42.",
      ),
    )
    .addOption(threadsOption())
    .addOption(quietOption())
    .action((flags: QuickstartFlags) => showQuickstart(flags, io));

export async function run(args: readonly string[], io: Io): Promise<void> {
  const hf = kebabFlags(args).map((arg) => arg.replace(/^--output-dir(?==|$)/, "--output"));
  await define(io).parseAsync(hf, { from: "user" });
}

async function showQuickstart({ quiet, json, ...options }: QuickstartFlags, io: Io): Promise<void> {
  const { quickstart } = await import("../../quickstart/run.js");
  const { result, reporter } = await toldRun(io, { quiet, json }, (edge) =>
    quickstart({ ...options, ...edge }),
  );
  if (json) return writeJson(io.stdout, resultJson(result));
  if (quiet) return;
  if (result.example === undefined) {
    reporter.say(
      "",
      "The model is not fully trained. To start again from the beginning:",
      `  ${again(options)}`,
    );
    return;
  }
  const example = entityText(coloursFor(io.stdout, io.env)).each(result.example).trimEnd();
  reporter.say("", ...example.split("\n"), "", ...nextCommands);
}

/** The command that replaces what an interrupted run left. */
const again = ({ output, family, seed, threads }: QuickstartFlags): string =>
  [
    "nerium quickstart --output",
    shellWord(output),
    ...(family === undefined ? [] : ["--family", shellWord(family)]),
    ...(seed === undefined ? [] : ["--seed", seed]),
    ...(threads === undefined ? [] : ["--threads", threads]),
    "--overwrite-output-dir",
  ].join(" ");

const nextCommands = [
  "Next, with your own data and a pretrained model:",
  "  nerium train --model bert-base-cased --train train.conll \\",
  "    --validation valid.conll --output my-model",
  "  nerium evaluate my-model test.conll",
  '  nerium predict my-model "Angela Merkel visited Paris."',
];
