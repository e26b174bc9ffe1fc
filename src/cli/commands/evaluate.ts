import type { Command } from "commander";
import type { DatasetPart, FolderEvaluation } from "../../infer/index.js";
import { newCommand } from "../command.js";
import { badUsage } from "../errors.js";
import {
  addPerformance,
  addReading,
  type EvaluationFlags,
  evaluationArguments,
  withEvaluationProgress,
} from "../evaluationFlags.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { choiceOption, jsonOption, wholeNumberOption } from "../options.js";
import { coloursFor } from "../terminal/colours.js";
import { evaluationReport } from "../terminal/evaluationReport.js";
import { maskingReport } from "../terminal/maskingReport.js";
import { printWarning } from "../terminal/messages.js";

interface EvaluateFlags extends EvaluationFlags {
  readonly json?: true;
  readonly predictions?: string;
  readonly force?: true;
  readonly dataset?: string;
  readonly datasetConfig?: string;
  readonly split?: DatasetPart["split"];
  readonly examples: number;
  readonly worst: number;
  readonly masking?: true;
}

export function define(io: Io): Command {
  const command = newCommand("nerium evaluate", io, {
    examples: [
      "nerium evaluate my-model test.conll",
      "nerium evaluate my-model test.conll --tag-column 3",
      "nerium evaluate my-model test.jsonl --json > scores.json",
      "nerium evaluate my-model --dataset conll2003",
      "nerium evaluate my-model test.conll --predictions predicted.conll",
      "nerium evaluate my-model test.conll --masking",
    ],
  })
    .description(
      "Evaluate a model on tagged sentences: seqeval's report in default and strict mode, loss, accuracy, and errors by kind.",
    )
    .argument("<MODEL>", "Folder of a fine-tuned model, or its name on the Hugging Face hub.")
    .argument("[FILE]", "Data file or folder with a tag for each word. Its format is detected.")
    .optionsGroup("Input:")
    .option("--dataset <name>", "Instead of FILE: a data set, as for nerium train.")
    .option("--dataset-config <name>", "Configuration of the data set. Default: the data set's own default.")
    .addOption(
      choiceOption("--split <part>", ["train", "validation", "test"], "Part of the data set. Default: test."),
    );
  addReading(command)
    .optionsGroup("Output:")
    .addOption(wholeNumberOption("--examples <number>", 0, "Errors of each kind to show.").default(3))
    .option(
      "--predictions <file>",
      "Write the words with their gold and predicted tags to this file, as nerium compare reads them.",
    )
    .addOption(
      wholeNumberOption("--worst <number>", 0, "Most confident errors to show in their sentences.").default(
        10,
      ),
    )
    .option("--force", "Overwrite the file of --predictions.")
    .option(
      "--masking",
      "Also report how much sensitive text nerium redact would leave readable, and how much other text it would mask.",
    )
    .addOption(jsonOption());
  return addPerformance(command).action((folder: string, file: string | undefined, flags: EvaluateFlags) =>
    evaluate(folder, evaluatedData(file, flags), flags, io),
  );
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(evaluationArguments(args), { from: "user" });
}

/** Returns the data to evaluate on: a file, or a split of a data set. */
function evaluatedData(file: string | undefined, flags: EvaluateFlags): string | DatasetPart {
  const { dataset, datasetConfig: config, split } = flags;
  const refuse = (what: string) => badUsage({ what, hint: undefined, command: "nerium evaluate" });
  if (dataset === undefined && (config !== undefined || split !== undefined))
    throw refuse("--dataset-config and --split need --dataset");
  if (dataset !== undefined && file !== undefined) throw refuse("FILE cannot be combined with --dataset");
  if (dataset !== undefined) return { dataset, config, split };
  if (file === undefined) throw refuse("No data given: give FILE or --dataset");
  return file;
}

async function evaluate(
  folder: string,
  data: string | DatasetPart,
  flags: EvaluateFlags,
  io: Io,
): Promise<void> {
  const { json, examples, worst, predictions, force, masking, dataset, datasetConfig, split, ...reading } =
    flags;
  if (predictions !== undefined) await checkPredictions(predictions, { folder, data, force });
  const [{ evaluateFolder }, { errorsByKind }, { worstErrors }] = await Promise.all([
    import("../../infer/index.js"),
    import("../../evaluate/index.js"),
    import("../../report/index.js"),
  ]);
  const evaluation = await withEvaluationProgress(io, reading, (options, onProgress) =>
    evaluateFolder(folder, data, {
      ...options,
      ...(flags.quiet
        ? {}
        : { onProgress: (done: number, total: number) => onProgress("evaluating", done, total) }),
    }),
  );
  const { file, sentences } = evaluation.data;
  if (evaluation.documentsUnknown)
    printWarning(io, `${file} does not mark where documents begin, so each sentence is read on its own`);
  if (predictions !== undefined) await writePredictions(predictions, evaluation);
  const errors = errorsByKind(evaluation.gold, evaluation.predicted, { examples });
  const confident = worstErrors(evaluation, worst);
  const masked = masking ? await (await import("../../redact/masking.js")).maskingOf(evaluation) : undefined;
  if (json)
    return writeJson(io.stdout, {
      ...asJson(folder, file, evaluation, { errors, worst: confident }),
      ...(masked && { masking: masked }),
    });
  const layout = { width: lineWidth(io.stdout), colours: coloursFor(io.stdout, io.env) };
  const report = evaluationReport(evaluation, errors, confident, { file, sentences }, layout);
  if (masked !== undefined) report.push("", ...maskingReport(masked));
  await writeText(io.stdout, `${report.join("\n")}\n`);
}

/** Checks the file of --predictions before the model is loaded. */
async function checkPredictions(
  file: string,
  {
    folder,
    data,
    force,
  }: { readonly folder: string; readonly data: string | DatasetPart; readonly force: boolean | undefined },
): Promise<void> {
  const [{ requireFree }, { prepareOutputFile }, { evaluatedFiles }] = await Promise.all([
    import("../../data/index.js"),
    import("../../files/index.js"),
    import("../../infer/index.js"),
  ]);
  await requireFree(typeof data === "string" ? data : data.dataset, file, { kind: "file", force });
  await prepareOutputFile(file, await evaluatedFiles(folder, data));
}

async function writePredictions(file: string, { data, predicted }: FolderEvaluation): Promise<void> {
  const [{ predictionLines }, { writeFileAtomically }] = await Promise.all([
    import("../../data/index.js"),
    import("../../files/index.js"),
  ]);
  await writeFileAtomically(file, [...predictionLines(data.sentences, predicted)].join(""));
}

function asJson(model: string, file: string, evaluation: FolderEvaluation, found: object) {
  const { argmax, scheme, decoding, loss, sentences, words, context, truncatedWords, seconds } = evaluation;
  const { accuracy, ...byMode } = evaluation.scores;
  const { accuracy: _same, ...byStrictMode } = evaluation.strict;
  return {
    model,
    file,
    sentences,
    words,
    context,
    truncatedWords,
    seconds,
    loss,
    accuracy,
    scheme,
    decoding,
    default: byMode,
    strict: byStrictMode,
    ...(argmax && { argmax }),
    ...found,
  };
}
