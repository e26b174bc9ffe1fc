import { Option } from "commander";
import type { DatasetPart, EvaluateFolderOptions, FolderEvaluation } from "../../infer/index.js";
import type { Dtype } from "../../models/weights/inferenceWeights.js";
import type { Context } from "../../tasks/tokenClassification/examples/sentenceRanges.js";
import type { Decoding } from "../../tasks/tokenClassification/index.js";
import {
  contextOption,
  decodingOption,
  dtypeOption,
  kebabFlags,
  maxSeqLengthOption,
  newCommand,
  quietOption,
  threadsOption,
  wholeNumberOption,
  withExamples,
} from "../command.js";
import { badUsage } from "../errors.js";
import { type Io, widthOf, writeText } from "../io.js";
import { coloursFor } from "../terminal/colours.js";
import { downloadListener } from "../terminal/download.js";
import { evaluationReport } from "../terminal/evaluationReport.js";
import { count } from "../terminal/figures.js";
import { Screen } from "../terminal/screen.js";

interface EvaluateFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly predictions?: string;
  readonly dataset?: string;
  readonly datasetConfig?: string;
  readonly split?: DatasetPart["split"];
  readonly examples: number;
  readonly decoding?: Decoding;
  readonly dtype?: Dtype;
  readonly threads?: number;
  readonly batchSize?: number;
  readonly longSentences?: "window" | "truncate";
  readonly overlap?: number;
  readonly context?: Context;
  readonly maxSeqLength?: number;
  readonly tokenColumn?: number | string;
  readonly tagColumn?: number | string;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const column = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);
  const command = newCommand("nerium evaluate", io)
    .description(
      "Scores a model on tagged sentences: seqeval's report in default and in strict mode, loss, accuracy, and what went wrong by kind.",
    )
    .argument("<MODEL>", "folder of a fine-tuned model, or its name on the Hugging Face hub")
    .argument("[FILE]", "a data file of any format, or a folder of them, with a tag for each word")
    .option("--dataset <name>", "a data set by name, as nerium train takes it, in place of FILE")
    .option("--dataset-config <name>", "configuration of the data set; default: its own default")
    .addOption(
      new Option("--split <part>", "part of the data set; default: test").choices([
        "train",
        "validation",
        "test",
      ]),
    )
    .option("--json", "print one JSON object instead of the report")
    .option(
      "--predictions <file>",
      "write each word with its gold and its predicted tag to this file, in CoNLL columns: nerium compare takes two of them",
    )
    .addOption(wholeNumberOption("--examples <number>", 0, "errors of each kind to show").default(3))
    .option("--token-column <column>", "column of the words: number from 0, or key in JSON Lines", column)
    .option("--tag-column <column>", "column of the tags: number from 0, or key in JSON Lines", column)
    .addOption(
      new Option(
        "--long-sentences <how>",
        "sentences longer than the model takes: overlapping windows (default), or cut off and counted",
      ).choices(["window", "truncate"]),
    )
    .addOption(wholeNumberOption("--overlap <number>", 0, "tokens that neighbouring windows share"))
    .addOption(contextOption())
    .addOption(maxSeqLengthOption())
    .addOption(
      wholeNumberOption(
        "--batch-size <number>",
        1,
        "sentences whose loss is averaged first, as in HF; default: 8",
      ),
    )
    .addOption(decodingOption())
    .addOption(dtypeOption())
    .addOption(threadsOption())
    .addOption(quietOption())
    .action((folder: string, file: string | undefined, flags: EvaluateFlags) =>
      evaluate(folder, evaluatedData(file, flags), flags, io),
    );
  withExamples(
    command,
    "nerium evaluate my-model test.conll",
    "nerium evaluate my-model test.conll --tag-column 3",
    "nerium evaluate my-model test.jsonl --json > scores.json",
    "nerium evaluate my-model --dataset conll2003",
    "nerium evaluate my-model test.conll --predictions predicted.conll",
  );
  const hf = kebabFlags(args).map((arg) =>
    arg.replace(/^--per-device-eval-batch-size(?==|$)/, "--batch-size"),
  );
  await command.parseAsync(hf, { from: "user" });
}

/** Returns the data to evaluate on: a file, or a split of a data set. */
function evaluatedData(file: string | undefined, flags: EvaluateFlags): string | DatasetPart {
  const { dataset, datasetConfig: config, split } = flags;
  const refuse = (what: string) => badUsage({ what, hint: undefined, command: "nerium evaluate" });
  if (dataset === undefined && (config !== undefined || split !== undefined))
    throw refuse("--dataset-config and --split go with --dataset");
  if (dataset !== undefined && file !== undefined) throw refuse("FILE and --dataset are given both");
  if (dataset !== undefined) return { dataset, config, split };
  if (file === undefined) throw refuse("There is nothing to score on: give FILE or --dataset");
  return file;
}

async function evaluate(
  folder: string,
  data: string | DatasetPart,
  flags: EvaluateFlags,
  io: Io,
): Promise<void> {
  const { json, quiet, examples, maxSeqLength, predictions, dataset, datasetConfig, split, ...options } =
    flags;
  const [{ evaluateFolder }, { errorsByKind }] = await Promise.all([
    import("../../infer/index.js"),
    import("../../evaluate/index.js"),
  ]);
  const screen = new Screen(io.stderr);
  const progress: EvaluateFolderOptions = quiet
    ? {}
    : { onProgress: (done, total) => screen.status(() => `evaluating ${count(done)}/${count(total)}`) };
  let evaluation: FolderEvaluation;
  try {
    evaluation = await evaluateFolder(folder, data, {
      ...options,
      ...progress,
      onDownload: downloadListener(quiet ? undefined : io.stderr),
      ...(maxSeqLength === undefined ? {} : { maxLength: maxSeqLength }),
    });
  } finally {
    screen.clear();
  }
  const { file, sentences } = evaluation.data;
  if (evaluation.documentsUnknown)
    io.stderr.write(
      `warning: ${file} does not say where documents begin: its sentences are read one by one\n`,
    );
  if (predictions !== undefined) await writePredictions(predictions, evaluation);
  const errors = errorsByKind(evaluation.gold, evaluation.predicted, { examples });
  if (json) return writeText(io.stdout, `${JSON.stringify(asJson(folder, file, evaluation, errors))}\n`);
  const layout = {
    width: io.stdout.isTTY ? widthOf(io.stdout) : Number.POSITIVE_INFINITY,
    colours: coloursFor(io.stdout, io.env),
  };
  const report = evaluationReport(evaluation, errors, { file, sentences }, layout);
  await writeText(io.stdout, `${report.join("\n")}\n`);
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
