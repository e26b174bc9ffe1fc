import type { Command } from "commander";
import type { NeriumWarning } from "../../errors.js";
import type { DatasetPart, EvaluateFolderOptions, FolderEvaluation } from "../../infer/index.js";
import type { Dtype } from "../../models/weights/inferenceWeights.js";
import type { EngineName } from "../../runtime/index.js";
import type { Context } from "../../tasks/tokenClassification/examples/sentenceRanges.js";
import type { Decoding } from "../../tasks/tokenClassification/index.js";
import { kebabFlags, newCommand } from "../command.js";
import { badTagsOption, policyOption, type ReadFlags, readOptions } from "../dataFlags.js";
import { badUsage } from "../errors.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import {
  choiceOption,
  contextOption,
  decodingOption,
  dtypeOption,
  engineOption,
  jsonOption,
  maxSeqLengthOption,
  quietOption,
  threadsOption,
  wholeNumberOption,
} from "../options.js";
import { coloursFor } from "../terminal/colours.js";
import { downloadListener } from "../terminal/download.js";
import { evaluationReport } from "../terminal/evaluationReport.js";
import { count, counted } from "../terminal/figures.js";
import { printNotes, printWarning, warningListener } from "../terminal/messages.js";
import { Screen } from "../terminal/screen.js";

interface EvaluateFlags extends ReadFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly predictions?: string;
  readonly force?: true;
  readonly dataset?: string;
  readonly datasetConfig?: string;
  readonly split?: DatasetPart["split"];
  readonly examples: number;
  readonly decoding?: Decoding;
  readonly dtype?: Dtype;
  readonly engine?: EngineName;
  readonly threads?: number;
  readonly batchSize?: number;
  readonly longSentences?: "window" | "truncate";
  readonly overlap?: number;
  readonly context?: Context;
  readonly maxSeqLength?: number;
}

export function define(io: Io): Command {
  const command = newCommand("nerium evaluate", io, {
    examples: [
      "nerium evaluate my-model test.conll",
      "nerium evaluate my-model test.conll --tag-column 3",
      "nerium evaluate my-model test.jsonl --json > scores.json",
      "nerium evaluate my-model --dataset conll2003",
      "nerium evaluate my-model test.conll --predictions predicted.conll",
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
  for (const option of readOptions()) command.addOption(option);
  return command
    .addOption(badTagsOption("error"))
    .addOption(policyOption())
    .optionsGroup("Long sentences and documents:")
    .addOption(
      choiceOption(
        "--long-sentences <how>",
        ["window", "truncate"],
        "How to handle sentences that are too long for the model: overlapping windows, or cut off the end. Default: window.",
      ),
    )
    .addOption(wholeNumberOption("--overlap <number>", 0, "Tokens that neighbouring windows share."))
    .addOption(contextOption())
    .addOption(maxSeqLengthOption())
    .optionsGroup("Decoding:")
    .addOption(decodingOption())
    .optionsGroup("Output:")
    .addOption(wholeNumberOption("--examples <number>", 0, "Errors of each kind to show.").default(3))
    .option(
      "--predictions <file>",
      "Write the words with their gold and predicted tags to this file, as nerium compare reads them.",
    )
    .option("--force", "Overwrite the file of --predictions.")
    .addOption(jsonOption())
    .optionsGroup("Performance:")
    .addOption(
      wholeNumberOption(
        "--batch-size <number>",
        1,
        "Sentences per batch. The loss is averaged per batch first, as Hugging Face does. Default: 8.",
      ),
    )
    .addOption(dtypeOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(quietOption())
    .action((folder: string, file: string | undefined, flags: EvaluateFlags) =>
      evaluate(folder, evaluatedData(file, flags), flags, io),
    );
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const hf = kebabFlags(args).map((arg) =>
    arg.replace(/^--per-device-eval-batch-size(?==|$)/, "--batch-size"),
  );
  await define(io).parseAsync(hf, { from: "user" });
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
  const {
    json,
    quiet,
    examples,
    maxSeqLength,
    predictions,
    force,
    dataset,
    datasetConfig,
    split,
    from,
    ...options
  } = flags;
  if (predictions !== undefined) await checkPredictions(predictions, { folder, data, force });
  const [{ evaluateFolder }, { errorsByKind }] = await Promise.all([
    import("../../infer/index.js"),
    import("../../evaluate/index.js"),
  ]);
  const screen = new Screen(io.stderr, io.env);
  const notes = new Set<string>();
  const progress: EvaluateFolderOptions = quiet
    ? {}
    : {
        onProgress: (done, total) =>
          screen.status(() => `evaluating  ${count(done)}/${counted(total, "sentence")}`),
      };
  const warnings: NeriumWarning[] = [];
  let evaluation: FolderEvaluation;
  try {
    evaluation = await evaluateFolder(folder, data, {
      ...options,
      ...(from === undefined ? {} : { format: from }),
      ...progress,
      onNote: (note) => notes.add(note),
      onDownload: downloadListener(io, flags),
      onWarning: (warning) => warnings.push(warning),
      ...(maxSeqLength === undefined ? {} : { maxLength: maxSeqLength }),
    });
  } finally {
    screen.clear();
    warnings.forEach(warningListener(io));
    printNotes(io, notes);
  }
  const { file, sentences } = evaluation.data;
  if (evaluation.documentsUnknown)
    printWarning(io, `${file} does not mark where documents begin, so each sentence is read on its own`);
  if (predictions !== undefined) await writePredictions(predictions, evaluation);
  const errors = errorsByKind(evaluation.gold, evaluation.predicted, { examples });
  if (json) return writeJson(io.stdout, asJson(folder, file, evaluation, errors));
  const layout = { width: lineWidth(io.stdout), colours: coloursFor(io.stdout, io.env) };
  const report = evaluationReport(evaluation, errors, { file, sentences }, layout);
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

function asJson(model: string, file: string, evaluation: FolderEvaluation, errors: unknown) {
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
    errors,
  };
}
