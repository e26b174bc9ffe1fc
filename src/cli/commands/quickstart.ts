import {
  kebabFlags,
  newCommand,
  quietOption,
  threadsOption,
  wholeNumberOption,
  withExamples,
} from "../command.js";
import type { Io } from "../io.js";
import { coloursFor } from "../terminal/colours.js";
import { entityText } from "../terminal/entities.js";
import { toldRun } from "../trainingRun.js";

interface QuickstartFlags {
  readonly output: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly overwriteOutputDir?: boolean;
  readonly quiet?: boolean;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium quickstart", io)
    .usage("--output DIR [flags]")
    .description(
      "Shows the whole job in a few minutes, on made-up data and without any download: writes a corpus and a small encoder, trains it, scores it, writes model folder and card, and finds the entities of a sentence.",
    )
    .requiredOption("--output <folder>", "folder for the corpus, the encoder and the model")
    .addOption(
      wholeNumberOption("--seed <number>", 0, "decides corpus, first weights and training; default: 42"),
    )
    .option("--overwrite-output-dir", "write into a folder that holds a model already")
    .addOption(threadsOption())
    .addOption(quietOption())
    .action((flags: QuickstartFlags) => showQuickstart(flags, io));
  withExamples(command, "nerium quickstart --output my-first-model");
  const hf = kebabFlags(args).map((arg) => arg.replace(/^--output-dir(?==|$)/, "--output"));
  await command.parseAsync(hf, { from: "user" });
}

async function showQuickstart({ quiet = false, ...options }: QuickstartFlags, io: Io): Promise<void> {
  const { quickstart } = await import("../../quickstart/run.js");
  const { result, reporter } = await toldRun(io, quiet, (edge) => quickstart({ ...options, ...edge }));
  if (quiet) return;
  const example = entityText(coloursFor(io.stdout, io.env)).each(result.example).trimEnd();
  reporter.say("", ...example.split("\n"), "", ...nextCommands);
}

const nextCommands = [
  "Next, with your own data and a folder that holds a pretrained model:",
  "  nerium train --model ./bert-base-cased --train train.conll \\",
  "    --validation valid.conll --output my-model",
  "  nerium evaluate my-model test.conll",
  '  nerium predict my-model "Angela Merkel visited Paris."',
];
