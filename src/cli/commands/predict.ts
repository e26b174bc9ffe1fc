import { Option } from "commander";
import { isNeriumError, type NeriumError } from "../../errors.js";
import type { AggregationStrategy, Ner } from "../../infer/index.js";
import type { Dtype } from "../../models/index.js";
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
  shareOption,
  threadsOption,
  withExamples,
} from "../command.js";
import { badUsage } from "../errors.js";
import { conllColumns } from "../formats/conll.js";
import { htmlPage } from "../formats/html.js";
import { jsonLinesPredictions, jsonPredictions } from "../formats/json.js";
import type { Prediction, PredictionFormat } from "../formats/prediction.js";
import { type Io, writeText } from "../io.js";
import { coloursFor } from "../terminal/colours.js";
import { downloadListener } from "../terminal/download.js";
import { entityText } from "../terminal/entities.js";
import { ReadingProgress } from "../terminal/readingProgress.js";
import { type SourcedText, type TextPer, type TextSources, textSources } from "../texts.js";

const FORMATS = ["text", "jsonl", "json", "conll", "html"] as const;
const STRATEGIES = ["none", "simple", "first", "average", "max"] as const satisfies AggregationStrategy[];
const UNITS = ["line", "paragraph", "file"] as const satisfies TextPer[];
const OFFSETS = ["utf-16", "code-points"] as const;

interface PredictFlags {
  readonly format?: (typeof FORMATS)[number];
  readonly textPer: TextPer;
  readonly aggregationStrategy?: AggregationStrategy;
  readonly decoding?: Decoding;
  readonly threshold?: number;
  readonly labels?: readonly string[];
  readonly ignoreLabels?: readonly string[];
  readonly offsets?: (typeof OFFSETS)[number];
  readonly truncation?: true;
  readonly context?: Context;
  readonly maxSeqLength?: number;
  readonly dtype?: Dtype;
  readonly threads?: number;
  readonly quiet?: true;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const list = (text: string): string[] => text.split(",").map((part) => part.trim());
  const command = newCommand("nerium predict", io)
    .description(
      "Finds entities in text. A text given as an argument is one text; files, .txt files of folders and standard input (- or a pipe) hold one text a line. Texts of any length are read whole.",
    )
    .argument("<MODEL>", "folder of a fine-tuned model, or its name on the Hugging Face hub")
    .argument("[SOURCE...]", "texts, files, folders with .txt files, or - for standard input")
    .addOption(
      new Option(
        "--format <format>",
        "text for people (default in a terminal), jsonl: one object a text (default in a pipe), json: one array, conll: a word and its tag a line, html: a page of its own",
      ).choices(FORMATS),
    )
    .addOption(
      new Option("--text-per <unit>", "what of a file is one text; paragraphs stand between empty lines")
        .choices(UNITS)
        .default("line"),
    )
    .addOption(
      new Option(
        "--aggregation-strategy <strategy>",
        "find entities as Python's pipeline does; default: whole words, by the model's tag scheme",
      ).choices(STRATEGIES),
    )
    .addOption(decodingOption())
    .addOption(
      shareOption("--threshold <score>", "leave out entities with a score below this, 0 to 1 (default: 0)"),
    )
    .option("--labels <list>", "entity types to keep, such as PER,LOC; with strategy none labels", list)
    .option("--ignore-labels <list>", "entity types to leave out; with strategy none labels", list)
    .addOption(new Option("--offsets <unit>", "what start and end count (default: utf-16)").choices(OFFSETS))
    .option("--truncation", "cut off what the model doesn't take at once; default: nothing is lost")
    .addOption(contextOption())
    .addOption(maxSeqLengthOption())
    .addOption(dtypeOption())
    .addOption(threadsOption())
    .addOption(quietOption())
    .action(async (folder: string, sources: string[], flags: PredictFlags) => {
      refuseWhatDoesNotGoTogether(flags);
      await predict(folder, textSources(folder, sources, io), flags, io);
    });
  withExamples(
    command,
    'nerium predict my-model "Angela Merkel visited Paris."',
    "nerium predict my-model article.txt --text-per paragraph --threshold 0.9",
    "nerium predict my-model texts/ --labels PER,ORG --format html > people.html",
    "cat lines.txt | nerium predict my-model > entities.jsonl",
  );
  await command.parseAsync(kebabFlags(args), { from: "user" });
}

function refuseWhatDoesNotGoTogether({ format, offsets, aggregationStrategy }: PredictFlags): void {
  const refused = (what: string, hint: string) =>
    badUsage({ what: `${what} does not go with --format ${format}`, hint, command: "nerium predict" });
  if (offsets !== undefined && (format === "html" || format === "conll"))
    throw refused("--offsets", "It shows no offsets; jsonl, json and text do.");
  if (aggregationStrategy === "none" && format === "conll")
    throw refused("--aggregation-strategy none", "It has a tag for each word; none gives tokens of words.");
}

async function predict(folder: string, sources: TextSources, flags: PredictFlags, io: Io): Promise<void> {
  const { load, requestedTypes: entityTypes } = await import("../../infer/index.js");
  const ner = await load(folder, {
    threads: flags.threads,
    context: flags.context,
    maxLength: flags.maxSeqLength,
    ...(flags.dtype === undefined ? {} : { dtype: flags.dtype }),
    onDownload: downloadListener(flags.quiet ? undefined : io.stderr),
  });
  try {
    const types = entityTypes(ner.labels, flags.aggregationStrategy);
    const format = formatOf(flags, types, io);
    // If the results are printed to the terminal, they show the progress themselves.
    const progress = new ReadingProgress(
      flags.quiet || io.stdout.isTTY ? undefined : io.stderr,
      sources.bytes,
    );
    try {
      let head = format.head ?? "";
      for await (const prediction of predictions(ner, sources, flags)) {
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

/** Turns an error about an option of the pipeline into one about the flag. */
function asUsage({ message, where = "", remedy }: NeriumError): NeriumError {
  const flag = `--${where.replace(/[A-Z]/g, "-$&").toLowerCase()}`;
  return badUsage({ what: message.replace(where, flag), hint: remedy, command: "nerium predict" });
}

/** Yields the predictions for each text, with the place of the text. */
async function* predictions(
  ner: Ner,
  sources: TextSources,
  { textPer, aggregationStrategy, decoding, threshold, labels, ignoreLabels, truncation }: PredictFlags,
): AsyncGenerator<Prediction, void, undefined> {
  const underWay: SourcedText[] = [];
  async function* texts() {
    for await (const sourced of sources.texts(textPer)) {
      underWay.push(sourced);
      yield sourced.text;
    }
  }
  const options = {
    ...{ aggregationStrategy, decoding, threshold, labels, truncation },
    // Words outside of entities are included only if `O` is requested by name.
    ignoreLabels: ignoreLabels && (labels?.includes("O") ? ignoreLabels : [...ignoreLabels, "O"]),
  };
  for await (const analysis of ner.stream(texts(), options)) yield { ...underWay.shift()!, ...analysis };
}

function formatOf({ format, offsets }: PredictFlags, types: readonly string[], io: Io): PredictionFormat {
  const codePoints = offsets === "code-points";
  switch (format ?? (io.stdout.isTTY ? "text" : "jsonl")) {
    case "text":
      return entityText(coloursFor(io.stdout, io.env), codePoints);
    case "jsonl":
      return jsonLinesPredictions(codePoints);
    case "json":
      return jsonPredictions(codePoints);
    case "conll":
      return conllColumns();
    case "html":
      return htmlPage(types);
  }
}
