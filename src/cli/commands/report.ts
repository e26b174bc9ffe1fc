import type { Command } from "commander";
import { DRAWS } from "../../optionKinds.js";
import { newCommand } from "../command.js";
import { badUsage } from "../errors.js";
import {
  addPerformance,
  addReading,
  type EvaluationFlags,
  evaluationArguments,
  withEvaluationProgress,
} from "../evaluationFlags.js";
import { type Io, writeJson, writeText } from "../io.js";
import { jsonOption, numberOption, wholeNumberOption } from "../options.js";

const NAME = "nerium report";

interface ReportFlags extends EvaluationFlags {
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
  readonly markdown?: true;
  /** False with --no-text. */
  readonly text: boolean;
  readonly errors: number;
  readonly compare?: readonly string[];
  readonly train?: string;
  readonly draws: number;
  readonly seed: number;
}

export function define(io: Io): Command {
  const command = newCommand(NAME, io, {
    examples: [
      "nerium report my-model test.conll --output report.html",
      "nerium report my-model test.conll --compare other-model --output report.html",
      "nerium report my-model private.conll --no-text --output report.html",
      "nerium report my-model test.conll --markdown > report.md",
    ],
  })
    .description(
      "Report what a model gets right and wrong on tagged sentences, as one HTML page to send to others: scores by type with bootstrap intervals, kinds of errors, confusion of types, lengths, entities seen in training, confidence, and the errors in their sentences.",
    )
    .argument("<MODEL>", "Folder of a fine-tuned model, or its name on the Hugging Face hub.")
    .argument("<FILES...>", "Data files or folders with a tag for each word. Their formats are detected.")
    .optionsGroup("Input:")
    .option(
      "--compare <models...>",
      "More models, which are shown beside the first and compared with it (paired bootstrap).",
    )
    .option(
      "--train <file>",
      "Training data, to tell which entities were seen in training. Default: the file that the run of the model recorded, if it is still there.",
    );
  addReading(command)
    .optionsGroup("Output:")
    .option("-o, --output <file>", "Write the report to this file, as an HTML page.")
    .option("--markdown", "Print the report as Markdown to standard output.")
    .addOption(jsonOption())
    .option("--no-text", "Leave out all words of the data: only types, places and figures.")
    .addOption(wholeNumberOption("--errors <number>", 0, "Errors to list.").default(1000))
    .option("--force", "Overwrite the file of --output.")
    .optionsGroup("Intervals:")
    .addOption(numberOption("--draws <number>", DRAWS, "Number of bootstrap draws.").default(10_000))
    .addOption(wholeNumberOption("--seed <number>", 0, "Seed of the draws.").default(42));
  return addPerformance(command).action((model: string, files: readonly string[], flags: ReportFlags) =>
    report(model, files, flags, io),
  );
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(evaluationArguments(args), { from: "user" });
}

async function report(
  model: string,
  files: readonly string[],
  { output, force, json, markdown, text, errors, compare = [], train, draws, seed, ...flags }: ReportFlags,
  io: Io,
): Promise<void> {
  const refuse = (what: string, hint?: string) => badUsage({ what, hint, command: NAME });
  if (output === undefined && !json && !markdown)
    throw refuse("Nowhere to write the report", "Add --output report.html, --markdown or --json.");
  if (json && markdown) throw refuse("--json cannot be combined with --markdown");
  const models = [model, ...compare];
  if (output !== undefined) await checkOutput(output, models, files, train, force);
  const { reportModels, reportMarkdown, reportPage } = await import("../../report/index.js");
  const made = await withEvaluationProgress(io, flags, (evaluate, onProgress) =>
    reportModels(models, files, {
      ...evaluate,
      ...(train !== undefined && { train }),
      draws,
      seed,
      text,
      errors,
      onProgress: (name, done, total) =>
        onProgress(models.length === 1 ? "evaluating" : `evaluating ${name}`, done, total),
    }),
  );
  if (output !== undefined) {
    const { writeFileAtomically } = await import("../../files/index.js");
    await writeFileAtomically(output, reportPage(made));
  }
  if (json) return writeJson(io.stdout, made);
  if (markdown) return writeText(io.stdout, reportMarkdown(made));
  if (!flags.quiet) await writeText(io.stdout, `report  ${output}\n`);
}

/** Checks the file of --output before models are loaded. */
async function checkOutput(
  output: string,
  models: readonly string[],
  files: readonly string[],
  train: string | undefined,
  force: boolean | undefined,
): Promise<void> {
  const [{ requireFree }, { prepareOutputFile }, { evaluatedFiles }] = await Promise.all([
    import("../../data/index.js"),
    import("../../files/index.js"),
    import("../../infer/index.js"),
  ]);
  await requireFree(files[0]!, output, { kind: "file", force });
  const read = await Promise.all(models.map((model) => evaluatedFiles(model, files)));
  await prepareOutputFile(output, [...read.flat(), ...(train === undefined ? [] : [train])]);
}
