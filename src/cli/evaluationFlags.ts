import type { Command } from "commander";
import type { NeriumWarning } from "../errors.js";
import type { EvaluateFolderOptions } from "../infer/index.js";
import type { Dtype } from "../models/weights/inferenceWeights.js";
import type { DeviceName, EngineName } from "../runtime/index.js";
import type { Context } from "../tasks/tokenClassification/examples/sentenceRanges.js";
import type { Decoding } from "../tasks/tokenClassification/index.js";
import { kebabFlags } from "./command.js";
import { badTagsOption, policyOption, type ReadFlags, readOptions } from "./dataFlags.js";
import type { Io } from "./io.js";
import {
  choiceOption,
  contextOption,
  decodingOption,
  deviceOption,
  dtypeOption,
  engineOption,
  maxSeqLengthOption,
  quietOption,
  threadsOption,
  wholeNumberOption,
} from "./options.js";
import { downloadListener } from "./terminal/download.js";
import { count, counted } from "./terminal/figures.js";
import { printNotes, warningListener } from "./terminal/messages.js";
import { Screen } from "./terminal/screen.js";

/** Flags of commands that run a model on tagged sentences. */
export interface EvaluationFlags extends ReadFlags {
  readonly quiet?: true;
  readonly decoding?: Decoding;
  readonly dtype?: Dtype;
  readonly engine?: EngineName;
  readonly device?: DeviceName;
  readonly threads?: number;
  readonly batchSize?: number;
  readonly longSentences?: "window" | "truncate";
  readonly overlap?: number;
  readonly context?: Context;
  readonly maxSeqLength?: number;
}

/** Adds the options that say how data is read, and how sentences go through the model. */
export function addReading(command: Command): Command {
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
    .addOption(decodingOption());
}

/** Adds the options about how to compute. */
export const addPerformance = (command: Command): Command =>
  command
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
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(quietOption());

/** Accepts the names of Hugging Face's options. */
export const evaluationArguments = (args: readonly string[]): string[] =>
  kebabFlags(args).map((arg) => arg.replace(/^--per-device-eval-batch-size(?==|$)/, "--batch-size"));

/** Shows how far an evaluation has come, and prints its notes and warnings at the end. */
export async function withEvaluationProgress<Result>(
  io: Io,
  flags: EvaluationFlags,
  evaluate: (
    options: EvaluateFolderOptions,
    onProgress: (what: string, done: number, total: number) => void,
  ) => Promise<Result>,
): Promise<Result> {
  const screen = new Screen(io.stderr, io.env);
  const notes = new Set<string>();
  const warnings: NeriumWarning[] = [];
  const onDownload = downloadListener(io, flags);
  try {
    return await evaluate(
      {
        ...evaluateOptions(flags),
        ...(onDownload && { onDownload }),
        onNote: (note) => notes.add(note),
        onWarning: (warning) => warnings.push(warning),
      },
      (what, done, total) => {
        if (!flags.quiet) screen.status(() => `${what}  ${count(done)}/${counted(total, "sentence")}`);
      },
    );
  } finally {
    screen.clear();
    warnings.forEach(warningListener(io));
    printNotes(io, notes);
  }
}

/** The options of the library that the flags stand for. */
function evaluateOptions(flags: EvaluationFlags): EvaluateFolderOptions {
  const { quiet, from, maxSeqLength, ...options } = flags;
  return {
    ...options,
    ...(from === undefined ? {} : { format: from }),
    ...(maxSeqLength === undefined ? {} : { maxLength: maxSeqLength }),
  };
}
