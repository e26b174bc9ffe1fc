import { type Command, Option } from "commander";
import { type ReadingChoices, readingChoices } from "../../data/read/readingChoices.js";
import {
  type SourcedText,
  TEXT_FORMATS,
  type TextFormat,
  type TextPer,
} from "../../data/texts/sourcedText.js";
import { isNeriumError, type NeriumError } from "../../errors.js";
import type { AggregationStrategy, Ner, NerInput } from "../../infer/index.js";
import type { Dtype } from "../../models/index.js";
import type { DeviceName, EngineName } from "../../runtime/index.js";
import type { Context } from "../../tasks/tokenClassification/examples/sentenceRanges.js";
import type { Decoding } from "../../tasks/tokenClassification/index.js";
import { kebabFlags, newCommand } from "../command.js";
import { delimiterOption } from "../dataFlags.js";
import { badUsage } from "../errors.js";
import { conllColumns } from "../formats/conll.js";
import { htmlPage } from "../formats/html.js";
import { jsonLinesPredictions, jsonPredictions } from "../formats/json.js";
import { doccanoPredictions, labelStudioPredictions } from "../formats/preAnnotations.js";
import type { Prediction, PredictionFormat } from "../formats/prediction.js";
import { type Io, writeText } from "../io.js";
import {
  choiceOption,
  contextOption,
  deviceOption,
  dtypeOption,
  engineOption,
  maxSeqLengthOption,
  offsetsOption,
  quietOption,
  threadsOption,
  type WordRuleFlags,
  withDecodingOptions,
  wordRuleOptions,
} from "../options.js";
import { coloursFor } from "../terminal/colours.js";
import { downloadListener } from "../terminal/download.js";
import { entityText } from "../terminal/entities.js";
import { printNotes, warningListener } from "../terminal/messages.js";
import { ReadingProgress } from "../terminal/readingProgress.js";
import { type TextSources, textSources } from "../texts.js";
import { textColumnOption, wordColumnOptions } from "../wordColumns.js";

const FORMATS = ["text", "jsonl", "json", "conll", "html", "doccano", "label-studio"] as const;
const UNITS = ["line", "paragraph", "file"] as const satisfies TextPer[];

interface PredictFlags extends WordRuleFlags, Omit<ReadingChoices, "format" | "labels" | "offsets"> {
  /** How texts are stored, or the name of a format of data. */
  readonly from?: string;
  readonly textColumn?: number | string;
  readonly format?: (typeof FORMATS)[number];
  readonly textPer: TextPer;
  readonly aggregationStrategy?: AggregationStrategy;
  readonly decoding?: Decoding;
  readonly threshold?: number;
  readonly labels?: readonly string[];
  readonly ignoreLabels?: readonly string[];
  readonly offsets?: "utf-16" | "code-points";
  readonly fromName?: string;
  readonly toName?: string;
  readonly dataKey?: string;
  readonly truncation?: true;
  readonly context?: Context;
  readonly maxSeqLength?: number;
  readonly dtype?: Dtype;
  readonly engine?: EngineName;
  readonly device?: DeviceName;
  readonly threads?: number;
  readonly quiet?: true;
}

export function define(io: Io): Command {
  const [unspacedWords, hyphens] = wordRuleOptions("as in training") as [Option, Option];
  const [tokenColumn, tagColumn, textKey] = wordColumnOptions() as [Option, Option, Option];
  return withDecodingOptions(
    newCommand("nerium predict", io, {
      examples: [
        'nerium predict my-model "Angela Merkel visited Paris."',
        "nerium predict my-model article.txt --text-per paragraph --threshold 0.9",
        "nerium predict my-model texts/ --labels PER,ORG --format html > people.html",
        "nerium predict my-model reviews.csv --text-column review > entities.jsonl",
        "nerium predict my-model new.jsonl --format label-studio > tasks.json",
        "cat lines.txt | nerium predict my-model > entities.jsonl",
      ],
    })
      .description("Find entities in texts, however long they are.")
      .argument("<MODEL>", "Folder of a fine-tuned model, or its name on the Hugging Face hub.")
      .argument(
        "[SOURCE...]",
        "Texts, files, folders with .txt or data files, or - for standard input, which is also the default. CSV and TSV with a header, JSON Lines and JSON arrays have one text per record. Data files such as .conll keep their words.",
      )
      .optionsGroup("Input:")
      .addOption(
        new Option(
          "--from <format>",
          `Format of files and standard input: ${TEXT_FORMATS.slice(0, -1).join(", ")}, a format of words or texts that train reads, such as conll, or data to detect which one it is. Default: detected from name and content.`,
        ),
      )
      .addOption(textColumnOption())
      .addOption(tokenColumn)
      .addOption(tagColumn)
      .addOption(textKey)
      .addOption(
        delimiterOption("--delimiter <text>", "Text between the columns of data. Default: detected."),
      )
      .addOption(
        choiceOption(
          "--text-per <unit>",
          UNITS,
          "How to split plain text into texts. Blank lines separate paragraphs.",
        ).default("line"),
      )
      .option("--truncation", "Cut off what does not fit into one window. Default: read everything.")
      .addOption(contextOption())
      .addOption(maxSeqLengthOption())
      .addOption(unspacedWords)
      .addOption(hyphens),
  )
    .optionsGroup("Output:")
    .addOption(
      choiceOption(
        "--format <format>",
        FORMATS,
        "text is for people, jsonl has one JSON object per text, json is one array, conll has one word and its tag per line, html is a complete page. doccano and label-studio can be imported there as pre-annotations. Default: text in a terminal, otherwise jsonl.",
      ),
    )
    .addOption(offsetsOption("What start and end count. Default: utf-16.", "utf-16"))
    .option(
      "--from-name <name>",
      "With --format label-studio: the name of the tag Labels in the project. Default: label.",
    )
    .option(
      "--to-name <name>",
      "With --format label-studio: the name of the tag Text in the project. Default: text.",
    )
    .option(
      "--data-key <key>",
      "With --format label-studio: the key of the text in the tasks. Default: text.",
    )
    .optionsGroup("Performance:")
    .addOption(dtypeOption())
    .addOption(engineOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(quietOption())
    .action(async (folder: string, sources: string[], flags: PredictFlags) => {
      checkTogether(flags);
      await predict(folder, textSources(folder, sources, io), flags, io);
    });
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

/** Refuses options that cannot be combined. */
function checkTogether(flags: PredictFlags): void {
  const { format, offsets, aggregationStrategy } = flags;
  const names = [
    ["--from-name", flags.fromName],
    ["--to-name", flags.toName],
    ["--data-key", flags.dataKey],
  ];
  for (const [flag, value] of names)
    if (value !== undefined && format !== "label-studio")
      throw badUsage({
        what: `${flag} is only for --format label-studio`,
        hint: "Leave it out.",
        command: "nerium predict",
      });
  const refused = (what: string, hint: string) =>
    badUsage({ what: `${what} cannot be combined with --format ${format}`, hint, command: "nerium predict" });
  const imported = format === "doccano" || format === "label-studio";
  if (offsets !== undefined && (format === "html" || format === "conll"))
    throw refused("--offsets", "Offsets are shown by jsonl, json and text.");
  if (offsets !== undefined && imported) throw refused("--offsets", `${format} counts its own way.`);
  if (aggregationStrategy === "none" && format === "conll")
    throw refused("--aggregation-strategy none", "conll has one tag per word, but none gives tokens.");
  if (aggregationStrategy === "none" && imported)
    throw refused("--aggregation-strategy none", "Annotations are entities, but none gives tokens.");
}

async function predict(folder: string, sources: TextSources, flags: PredictFlags, io: Io): Promise<void> {
  const { textFormat, reading } = await formatsFor(flags);
  // Without the rest of the room, which reads data.
  const { load } = await import("../../infer/pipeline.js");
  const { requestedTypes: entityTypes } = await import("../../infer/options.js");
  const ner = await load(folder, {
    threads: flags.threads,
    context: flags.context,
    maxLength: flags.maxSeqLength,
    unspacedWords: flags.unspacedWords,
    hyphens: flags.hyphens,
    dtype: flags.dtype,
    engine: flags.engine,
    device: flags.device,
    onDownload: downloadListener(io, flags),
    onWarning: warningListener(io),
  });
  try {
    const types = entityTypes(ner.labels, flags.aggregationStrategy);
    const format = formatOf(flags, types, ner, folder, io);
    // If the results are printed to the terminal, they show the progress themselves.
    const progress = new ReadingProgress(
      flags.quiet || io.stdout.isTTY ? undefined : io.stderr,
      io.env,
      sources.bytes,
    );
    try {
      let head = format.head ?? "";
      for await (const prediction of predictions(ner, sources, { ...flags, textFormat, reading }, io)) {
        await writeText(io.stdout, head + format.each(prediction));
        head = "";
        progress.done(prediction.text);
      }
      const tail = head + (format.tail?.() ?? "");
      if (tail !== "") await writeText(io.stdout, tail);
    } finally {
      progress.end();
    }
  } catch (error) {
    throw isNeriumError(error) && error.code === "INFER_OPTION_INVALID" ? asUsage(error) : error;
  } finally {
    await ner.dispose();
  }
}

/** How the texts are stored and, for data files, how to read them. */
interface Formats {
  readonly textFormat: TextFormat | undefined;
  readonly reading: ReadingChoices;
}

/**
 * A format of data, or a column of words, means that the files are data.
 *
 * @throws NeriumError DATA_FORMAT_UNKNOWN
 */
async function formatsFor({
  from,
  tokenColumn,
  tagColumn,
  textKey,
  delimiter,
}: PredictFlags): Promise<Formats> {
  const textFormat = TEXT_FORMATS.find((each) => each === from);
  const isData = from !== undefined && textFormat === undefined;
  if (isData) (await import("../../data/formats/index.js")).formatNamed(from);
  const reading = readingChoices({
    tokenColumn,
    tagColumn,
    textKey,
    delimiter,
    format: isData ? from : undefined,
  });
  return { textFormat: textFormat ?? (Object.keys(reading).length > 0 ? "data" : undefined), reading };
}

/** Turns an error about an option of the pipeline into one about the flag. */
function asUsage({ message, where = "", remedy }: NeriumError): NeriumError {
  const flag = `--${where.replace(/[A-Z]/g, "-$&").toLowerCase()}`;
  return badUsage({ what: message.replace(where, flag), hint: remedy, command: "nerium predict" });
}

/** Returns the text, or the words or sentences that its file has. */
const inputOf = ({ text, words, sentences }: SourcedText): NerInput =>
  sentences !== undefined ? { sentences } : words !== undefined ? { words } : text;

/** Yields the predictions for each text, with the place of the text. */
async function* predictions(
  ner: Ner,
  sources: TextSources,
  flags: PredictFlags & Formats,
  io: Io,
): AsyncGenerator<Prediction, void, undefined> {
  const {
    textPer: per,
    textFormat,
    reading,
    textColumn: column,
    format,
    aggregationStrategy,
    decoding,
    threshold,
  } = flags;
  const { labels, ignoreLabels, truncation, quiet } = flags;
  const onNote = (note: string) => {
    if (!quiet) printNotes(io, [note]);
  };
  const underWay: SourcedText[] = [];
  async function* texts() {
    for await (const sourced of sources.texts({
      per,
      format: textFormat,
      column,
      reading,
      findSpaces: format === "conll",
      byDocument: ner.context === "document",
      onNote,
    })) {
      underWay.push(sourced);
      yield inputOf(sourced);
    }
  }
  const options = {
    ...{ aggregationStrategy, decoding, threshold, labels, truncation },
    // Words outside of entities are included only if `O` is requested by name.
    ignoreLabels: ignoreLabels && (labels?.includes("O") ? ignoreLabels : [...ignoreLabels, "O"]),
  };
  for await (const analysis of ner.stream(texts(), options)) yield { ...underWay.shift()!, ...analysis };
}

function formatOf(
  flags: PredictFlags,
  types: readonly string[],
  ner: Ner,
  model: string,
  io: Io,
): PredictionFormat {
  const { format, offsets } = flags;
  const codePoints = offsets === "code-points";
  switch (format ?? (io.stdout.isTTY ? "text" : "jsonl")) {
    case "text":
      return entityText(coloursFor(io.stdout, io.env), codePoints);
    case "jsonl":
      return jsonLinesPredictions(codePoints);
    case "json":
      return jsonPredictions(codePoints);
    case "conll":
      return conllColumns(types, ner);
    case "html":
      return htmlPage(types);
    case "doccano":
      return doccanoPredictions();
    case "label-studio":
      return labelStudioPredictions(model, flags);
  }
}
