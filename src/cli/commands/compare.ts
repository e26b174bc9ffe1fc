import type { Command } from "commander";
import { DRAWS } from "../../optionKinds.js";
import { visible } from "../../shown.js";
import { kebabFlags, newCommand } from "../command.js";
import { badUsage } from "../errors.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { jsonOption, numberOption, wholeNumberOption } from "../options.js";
import { comparisonReport } from "../terminal/comparisonReport.js";
import { wrapped } from "../terminal/wrapped.js";

interface CompareFlags {
  readonly a?: readonly string[];
  readonly b?: readonly string[];
  readonly draws: number;
  readonly seed: number;
  readonly strict?: true;
  readonly json?: true;
}

export const define = (io: Io): Command =>
  newCommand("nerium compare", io, {
    examples: [
      "nerium evaluate model-a test.conll --predictions a.conll",
      "nerium evaluate model-b test.conll --predictions b.conll",
      "nerium compare a.conll b.conll",
      "nerium compare --a plain/seed-*/test.conll --b crf/seed-*/test.conll",
    ],
  })
    .description(
      "Compare the predictions of two models for the same sentences: the F1 of both, and how certain the difference is, by paired bootstrap. Draws whole documents if the files have several, otherwise sentences.",
    )
    .argument(
      "[A]",
      "Predictions of the first model, as nerium evaluate --predictions writes them: CoNLL columns that end with gold and predicted tag.",
    )
    .argument("[B]", "Predictions of the second model for the same sentences.")
    .optionsGroup("Input:")
    .option("--a <files...>", "Instead of A: predictions of several runs, whose F1 is averaged.")
    .option("--b <files...>", "Instead of B: the same for the second model.")
    .optionsGroup("Statistics:")
    .addOption(numberOption("--draws <number>", DRAWS, "Number of bootstrap draws.").default(10_000))
    .addOption(wholeNumberOption("--seed <number>", 0, "Random seed of the draws.").default(42))
    .option("--strict", "Use seqeval's strict mode instead of its default mode.")
    .optionsGroup("Output:")
    .addOption(jsonOption())
    .action((a: string | undefined, b: string | undefined, flags: CompareFlags) =>
      compareFiles(filesOf(a, b, flags), flags, io),
    );

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

interface Files {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

function filesOf(a: string | undefined, b: string | undefined, flags: CompareFlags): Files {
  const refuse = (what: string) => badUsage({ what, hint: undefined, command: "nerium compare" });
  if (a !== undefined && (flags.a !== undefined || flags.b !== undefined))
    throw refuse("A and B cannot be combined with --a and --b");
  const files = { a: flags.a ?? (a === undefined ? [] : [a]), b: flags.b ?? (b === undefined ? [] : [b]) };
  if (files.a.length === 0 || files.b.length === 0)
    throw refuse("Nothing to compare: give A and B, or --a and --b");
  return files;
}

async function compareFiles(files: Files, flags: CompareFlags, io: Io): Promise<void> {
  const { draws, seed, strict, json } = flags;
  const { compare } = await import("../../infer/compare.js");
  const comparison = await compare(files.a, files.b, { draws, seed, mode: strict ? "strict" : "default" });
  if (json) return writeJson(io.stdout, { files, ...comparison });
  const lines = comparisonReport(comparison, files).map((line) =>
    wrapped(visible(line), lineWidth(io.stdout), "    "),
  );
  await writeText(io.stdout, `${lines.join("\n")}\n`);
}
