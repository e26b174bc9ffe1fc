import { type Command, Option } from "commander";
import { visible } from "../../shown.js";
import { kebabFlags, newCommand, parseSubcommands } from "../command.js";
import { badTagsOption, chosenReading, FROM, type ReadFlags, readOptions } from "../dataFlags.js";
import { badValue } from "../errors.js";
import { formatOption, formatsTable, toOption } from "../formatOptions.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { jsonOption, quietOption, wholeNumberOption } from "../options.js";
import { coloursFor } from "../terminal/colours.js";
import { downloadListener } from "../terminal/download.js";
import { count, counted } from "../terminal/figures.js";
import { inspectionReport } from "../terminal/inspectionReport.js";
import { inFlags, printNotes, warningListener } from "../terminal/messages.js";
import { Screen } from "../terminal/screen.js";
import { fittingTable } from "../terminal/table.js";
import { run as curve, curveCommand } from "./curve.js";
import { reviewCommand } from "./review.js";
import { run as suspects, suspectsCommand } from "./suspects.js";

interface InspectFlags extends ReadFlags {
  readonly model?: string;
  readonly json?: true;
  readonly quiet?: true;
}

interface SplitFlags extends ReadFlags {
  readonly ratios: readonly number[];
  readonly seed: number;
  readonly to?: string;
  readonly force?: true;
  readonly json?: true;
}

export const define = (io: Io): Command =>
  newCommand("nerium data", io, {
    examples: [
      "nerium data inspect train.conll valid.conll",
      "nerium data split all.conll data --ratios 0.8,0.1,0.1",
      "nerium data suspects train.conll --model bert-base-cased --output suspects",
      "nerium data review suspects/suspects.json",
      "nerium data curve train.conll --model bert-base-cased --output curve",
      "nerium data inspect --help",
    ],
  })
    .usage("<command> [options]")
    .description(
      "Examine data before training, split it, find and correct likely label errors, or see what more data would bring.",
    )
    .addCommand(inspectCommand(io))
    .addCommand(splitCommand(io))
    .addCommand(suspectsCommand(io))
    .addCommand(reviewCommand(io))
    .addCommand(curveCommand(io));

function inspectCommand(io: Io): Command {
  const inspect = newCommand("inspect", io, {
    examples: [
      "nerium data inspect train.conll valid.conll test.conll",
      "nerium data inspect train.jsonl --model bert-base-cased",
      "nerium data inspect label-studio.json --json",
    ],
    tables: [formatsTable()],
  })
    .summary("Show statistics and find problems in data.")
    .description(
      "Examine data before training: entities by type and split, sentence lengths, invalid tag sequences, sentences in more than one split, names with more than one type, types missing from a split, similar and rare types, suspicious characters, and words that a model does not know.",
    )
    .argument("<PATHS...>", "Data files or folders. Each is one split.")
    .optionsGroup("Input:");
  for (const option of readOptions(formatOption(...FROM))) inspect.addOption(option);
  return inspect
    .option(
      "--model <name>",
      "Model (a folder, or a name on the Hugging Face hub) with which to count tokens, and to find sentences that are too long and words that it does not know.",
    )
    .optionsGroup("Output:")
    .addOption(jsonOption())
    .addOption(quietOption())
    .action((paths: string[], flags: InspectFlags) => inspected(paths, flags, io));
}

function splitCommand(io: Io): Command {
  const split = newCommand("split", io, {
    examples: [
      "nerium data split all.conll data",
      "nerium data split all.jsonl data --ratios 0.9,0.1 --seed 7",
    ],
    tables: [formatsTable()],
  })
    .summary("Split data into train, validation and test.")
    .description(
      "Split data into train, validation and test so that each part gets its share of every entity type. If the data has several documents, they are kept whole. Sentences that are equal, or differ only in case, numbers and punctuation, are kept together.",
    )
    .argument("<IN>", "Data file or folder.")
    .argument("<OUT>", "Folder to write.")
    .optionsGroup("Input:");
  for (const option of readOptions(formatOption(...FROM))) split.addOption(option);
  return split
    .addOption(badTagsOption("O"))
    .optionsGroup("Split:")
    .addOption(
      new Option("--ratios <list>", "Shares of train, validation and, if there are three, test.")
        .argParser(ratiosOf)
        .default([0.8, 0.1, 0.1], "0.8,0.1,0.1"),
    )
    .addOption(wholeNumberOption("--seed <number>", 0, "Random seed of the split.").default(42))
    .optionsGroup("Output:")
    .addOption(toOption("Format to write. Default: that of IN."))
    .option("--force", "Overwrite OUT.")
    .addOption(jsonOption())
    .action((input: string, output: string, flags: SplitFlags) => divided(input, output, flags, io));
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const [name, ...rest] = args;
  if (name === "suspects") return suspects(rest, io);
  if (name === "curve") return curve(rest, io);
  await parseSubcommands(define(io), kebabFlags(args));
}

function ratiosOf(text: string): number[] {
  const ratios = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const isRight =
    [2, 3].includes(ratios.length) && ratios.every((ratio) => ratio > 0 && Number.isFinite(ratio));
  if (!isRight) throw badValue("--ratios", text, "two or three numbers above 0, such as 0.8,0.1,0.1");
  return ratios;
}

async function inspected(paths: readonly string[], flags: InspectFlags, io: Io): Promise<void> {
  const { model, json, quiet } = flags;
  const { inspectPaths } = await import("../../data/index.js");
  const screen = new Screen(io.stderr, io.env);
  const notes = new Set<string>();
  let report: Awaited<ReturnType<typeof inspectPaths>>;
  try {
    report = await inspectPaths(paths, {
      ...chosenReading(flags),
      ...(model === undefined
        ? {}
        : { model: await tokensOf(model, downloadListener(io, flags), warningListener(io)) }),
      ...(quiet
        ? {}
        : { onProgress: (done) => screen.status(() => `reading  ${counted(done, "sentence")}`) }),
      onNote: (note) => notes.add(note),
    });
  } finally {
    screen.clear();
  }
  if (json) return writeJson(io.stdout, { ...report, notes: [...notes].map(inFlags) });
  printNotes(io, notes);
  const layout = { width: lineWidth(io.stdout), colours: coloursFor(io.stdout, io.env) };
  await writeText(io.stdout, `${inspectionReport(report, layout).join("\n")}\n`);
}

/** Returns the number of tokens that the model takes, and functions that tokenize sentences. */
async function tokensOf(
  model: string,
  onDownload: ReturnType<typeof downloadListener>,
  onWarning: ReturnType<typeof warningListener>,
) {
  const [{ loadTokenizer, specialCount, unknownWords }, { encoderOf, readConfig }, { tokenizerFolder }] =
    await Promise.all([
      import("../../tokenize/index.js"),
      import("../../models/index.js"),
      import("../../hub/index.js"),
    ]);
  const folder = await tokenizerFolder(model, { onProgress: onDownload });
  const { vocabularySize, maxLength } = encoderOf(await readConfig(folder));
  const tokenizer = await loadTokenizer(folder, { embeddings: vocabularySize });
  tokenizer.warnings.forEach(onWarning);
  const unknown = tokenizer.unknownTokens();
  return {
    limit: Math.min(maxLength, tokenizer.modelMaxLength) - specialCount(tokenizer.specialIds),
    tokens: async (sentences: readonly (readonly string[])[]) =>
      (await tokenizer.encodeWords(sentences)).map(({ ids }) => ids.length),
    unknown: async (sentences: readonly (readonly string[])[]) =>
      (await tokenizer.encodeWords(sentences)).map((encoded, index) =>
        unknownWords(encoded, sentences[index]!.length, unknown),
      ),
  };
}

async function divided(input: string, output: string, flags: SplitFlags, io: Io): Promise<void> {
  const { ratios, seed, to, force, json } = flags;
  const { splitData } = await import("../../data/index.js");
  const notes = new Set<string>();
  const { format, unit, parts } = await splitData(input, output, {
    ...chosenReading(flags),
    ratios,
    seed,
    ...(to === undefined ? {} : { to }),
    force: force ?? false,
    onNote: (note) => notes.add(note),
  });
  if (json) {
    const plain = parts.map(({ entities, ...part }) => ({ ...part, entities: Object.fromEntries(entities) }));
    return writeJson(io.stdout, { format, unit, seed, parts: plain, notes: [...notes].map(inFlags) });
  }
  printNotes(io, notes);
  const types = [...new Set(parts.flatMap(({ entities }) => [...entities.keys()]))].sort();
  const rows = [
    ["", "sentences", ...types],
    ...parts.map(({ path, sentences, entities }) => [
      path,
      count(sentences),
      ...types.map((type) => count(entities.get(type) ?? 0)),
    ]),
  ];
  const lines = fittingTable(rows, lineWidth(io.stdout));
  await writeText(io.stdout, `${lines.map(visible).join("\n")}\nsplit by ${unit}, seed ${seed}\n`);
}
