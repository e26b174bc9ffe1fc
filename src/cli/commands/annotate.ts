import { type Command, Option } from "commander";
import type { AnnotateOptions } from "../../annotate/index.js";
import { isNeriumError, type NeriumError } from "../../errors.js";
import type { AggregationStrategy } from "../../infer/index.js";
import type { Dtype } from "../../models/index.js";
import { THREADS } from "../../optionKinds.js";
import type { DeviceName, EngineName } from "../../runtime/index.js";
import type { Context } from "../../tasks/tokenClassification/examples/sentenceRanges.js";
import type { Decoding } from "../../tasks/tokenClassification/index.js";
import { kebabFlags, newCommand } from "../command.js";
import { badUsage, badValue } from "../errors.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import {
  choiceOption,
  contextOption,
  deviceOption,
  dtypeOption,
  engineOption,
  jsonOption,
  maxSeqLengthOption,
  numberOption,
  offsetsOption,
  quietOption,
  threadsOption,
  type WordRuleFlags,
  wholeNumberOption,
  withDecodingOptions,
  wordRuleOptions,
} from "../options.js";
import { AnnotationProgress } from "../terminal/annotationProgress.js";
import { checkLines, estimateLines, statusLines } from "../terminal/annotationReport.js";
import { downloadListener } from "../terminal/download.js";
import { printNotes, warningListener } from "../terminal/messages.js";
import { textColumnOption } from "../wordColumns.js";

const COMMAND = "nerium annotate";

interface AnnotateFlags extends WordRuleFlags {
  readonly output?: string;
  readonly status?: true;
  readonly verify?: true;
  readonly plan?: true;
  readonly json?: true;
  readonly from?: AnnotateOptions["from"];
  readonly textColumn?: number | string;
  readonly shardSize?: number;
  readonly format?: AnnotateOptions["format"];
  readonly offsets?: "utf-16" | "code-points";
  readonly truncation?: true;
  readonly context?: Context;
  readonly maxSeqLength?: number;
  readonly decoding?: Decoding;
  readonly aggregationStrategy?: AggregationStrategy;
  readonly threshold?: number;
  readonly labels?: readonly string[];
  readonly ignoreLabels?: readonly string[];
  readonly workers?: number;
  readonly shard?: string;
  readonly queue?: string;
  readonly claimTimeout?: number;
  readonly tries?: number;
  readonly dtype?: Dtype;
  readonly engine?: EngineName;
  readonly device?: DeviceName;
  readonly threads?: number;
  readonly quiet?: true;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** An option that takes bytes: `1000000`, `64K`, `8M`. */
const sizeOption = (flags: string, description: string): Option => {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const [, digits, unit = ""] = /^(\d{1,12})([KMG]?)i?B?$/i.exec(text) ?? [];
    const size = Number(digits) * UNITS[unit.toUpperCase()]!;
    if (digits !== undefined && size >= 1) return size;
    throw badValue(option.long!, text, "a number of bytes, such as 64K or 8M");
  });
};

const isShare = (text: string): boolean => {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  return index !== undefined && Number(index) < Number(of);
};

const shardOption = (): Option => {
  const option = new Option(
    "--shard <i/n>",
    "Annotate only a share of the shards: 2/8 is the third of eight. For Kubernetes Indexed Jobs, Slurm arrays, Ray and Spark. Default: all.",
  );
  return option.argParser((text) => {
    if (isShare(text)) return text;
    throw badValue(option.long!, text, "a number from 0, and how many shares there are, such as 2/8");
  });
};

export function define(io: Io): Command {
  const [unspacedWords, hyphens] = wordRuleOptions("as in training") as [Option, Option];
  return withDecodingOptions(
    newCommand(COMMAND, io, {
      examples: [
        "nerium annotate my-model corpus/ --output annotated",
        "nerium annotate my-model corpus/ --output annotated --workers 4 --dtype int8",
        "nerium annotate my-model reviews.parquet --text-column body --format parquet --output annotated",
        "nerium annotate my-model corpus/ --output /shared/annotated --shard $SLURM_ARRAY_TASK_ID/16",
        "nerium annotate my-model corpus/ --plan",
        "nerium annotate --status --output annotated",
        "nerium annotate --verify --output annotated",
      ],
    })
      .description(
        "Find entities in very large corpora. Files are cut into shards, which any number of processes and machines divide among themselves: start the same command on each of them, with an output folder that all share. After an interruption, the same command continues.",
      )
      .argument("[MODEL]", "Folder of a fine-tuned model, or its name on the Hugging Face hub.")
      .argument(
        "[INPUT...]",
        "Files, or folders with files: .txt with a text per line, .jsonl, .csv and .tsv with a header, also with .gz or .zst behind it, and .parquet. Other fields and columns are kept.",
      )
      .optionsGroup("Input:")
      .addOption(
        choiceOption(
          "--from <format>",
          ["text", "jsonl", "csv", "tsv", "parquet"],
          "Format of all files. Default: by extension, otherwise text.",
        ),
      )
      .addOption(textColumnOption())
      .option("--truncation", "Cut off what does not fit into one window. Default: read everything.")
      .addOption(contextOption())
      .addOption(maxSeqLengthOption())
      .addOption(unspacedWords)
      .addOption(hyphens),
  )
    .optionsGroup("Output:")
    .option("--output <folder>", "Folder for the shards. The first worker writes the plan there.")
    .addOption(
      choiceOption(
        "--format <format>",
        ["jsonl", "parquet"],
        "jsonl has one JSON object per text, as nerium predict prints it; parquet has one row. Default: jsonl.",
      ),
    )
    .addOption(
      sizeOption(
        "--shard-size <bytes>",
        "Text in a shard, at least: 64K, 8M. What a worker has done of a shard is lost if it is killed. Default: 8M.",
      ),
    )
    .addOption(offsetsOption("What start and end count. Default: utf-16.", "utf-16"))
    .optionsGroup("Dividing the work:")
    .addOption(
      numberOption(
        "--workers <number>",
        THREADS,
        "Start so many processes on this machine, and start those again that die. Default: this process works alone.",
      ),
    )
    .addOption(shardOption())
    .option(
      "--queue <address>",
      "Address of a NATS server with JetStream that divides the shards: nats://host:4222. Default: claim files in the output folder.",
    )
    .addOption(
      wholeNumberOption(
        "--claim-timeout <seconds>",
        1,
        "Time without a sign of life after which the shard of a worker is given to another. Default: 60.",
      ),
    )
    .addOption(
      wholeNumberOption(
        "--tries <number>",
        1,
        "How often a text is tried that makes workers fail, before it becomes a row with an error. Default: 3.",
      ),
    )
    .optionsGroup("Instead of annotating:")
    .option("--status", "Show which shards are finished or running, how fast, and by whom.")
    .option(
      "--verify",
      "Check that every row of the input is in the output once, and that no file has changed.",
    )
    .option("--plan", "Measure a sample of the texts, and say how long it takes on how many machines.")
    .addOption(jsonOption())
    .optionsGroup("Performance:")
    .addOption(dtypeOption())
    .addOption(engineOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(quietOption())
    .action(async (model: string | undefined, inputs: string[], flags: AnnotateFlags) => {
      const { status, verify, plan } = flags;
      if ([status, verify, plan].filter(Boolean).length > 1)
        throw usage("--status, --verify and --plan cannot be combined", "Give one of them.");
      if (status || verify) return report(model, flags, io);
      if (model === undefined) throw usage("MODEL is missing", "Give a model, and files.");
      if (inputs.length === 0) throw usage("INPUT is missing", "Give files, or folders with files.");
      return annotated(model, inputs, flags, io);
    });
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

const usage = (what: string, hint: string | undefined): NeriumError =>
  badUsage({ what, hint, command: COMMAND });

/** Shows how far an annotation is, or checks it. */
async function report(
  model: string | undefined,
  { output, status, json }: AnnotateFlags,
  io: Io,
): Promise<void> {
  const flag = status ? "--status" : "--verify";
  if (model !== undefined) throw usage(`${flag} takes no MODEL`, `Use ${COMMAND} ${flag} --output FOLDER.`);
  if (output === undefined) throw usage(`${flag} needs --output`, "Give the folder of the annotation.");
  const { annotationStatus, verifyAnnotation } = await import("../../annotate/index.js");
  if (status) {
    const found = await annotationStatus(output);
    if (json) return writeJson(io.stdout, found);
    return writeText(io.stdout, `${statusLines(found).join("\n")}\n`);
  }
  const found = await verifyAnnotation(output);
  if (json) await writeJson(io.stdout, found);
  else await writeText(io.stdout, `${checkLines(found).join("\n")}\n`);
  if (found.problems.length > 0) {
    const { verifyFailed } = await import("../../annotate/errors.js");
    throw verifyFailed(output, found.problems);
  }
}

/** Annotates, or says how long that takes. */
async function annotated(
  model: string,
  inputs: readonly string[],
  { output, plan, json, status: _, verify: __, quiet, maxSeqLength, ...flags }: AnnotateFlags,
  io: Io,
): Promise<void> {
  if (output === undefined && !plan) throw usage("--output is missing", "Give a folder for the shards.");
  const { annotate, estimateAnnotation } = await import("../../annotate/index.js");
  const stopping = new AbortController();
  const release = io.onInterrupt(() => stopping.abort());
  const progress = new AnnotationProgress(quiet ? undefined : io.stderr, io.env);
  const ignore = flags.ignoreLabels;
  const options: AnnotateOptions = {
    ...flags,
    ...(maxSeqLength !== undefined && { maxLength: maxSeqLength }),
    // Words outside of entities are included only if `O` is requested by name.
    ...(ignore && { ignoreLabels: flags.labels?.includes("O") ? ignore : [...ignore, "O"] }),
    signal: stopping.signal,
    say: (line) => {
      if (!quiet) printNotes(io, [line]);
    },
    onProgress: (now) => progress.show(now),
    onWarning: warningListener(io),
    onDownload: downloadListener(io, { quiet: quiet === true }),
  };
  try {
    if (plan) {
      const found = await estimateAnnotation(model, inputs, options);
      progress.end();
      if (json) return await writeJson(io.stdout, found);
      return await writeText(io.stdout, `${estimateLines(found, lineWidth(io.stdout)).join("\n")}\n`);
    }
    const found = await annotate(model, inputs, output!, options);
    progress.end();
    if (json) return await writeJson(io.stdout, found);
    if (!quiet) await writeText(io.stdout, `${statusLines(found).join("\n")}\n`);
  } catch (error) {
    throw isNeriumError(error) && /^(INFER|ANNOTATE)_OPTION_INVALID$/.test(error.code)
      ? asUsage(error)
      : error;
  } finally {
    progress.end();
    release();
  }
}

/** Turns an error about an option of the library into one about the flag. */
function asUsage({ message, where = "", remedy }: NeriumError): NeriumError {
  const flag = `--${where.replace(/[A-Z]/g, "-$&").toLowerCase()}`;
  return usage(message.replace(where, flag), remedy);
}
