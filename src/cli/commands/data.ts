import { Option } from "commander";
import type { OffsetUnit } from "../../data/index.js";
import { kebabFlags, newCommand, quietOption, wholeNumberOption, withExamples } from "../command.js";
import { columnOptions, formatOption, formatsHelp, type ReadFlags, readOptions } from "../dataFlags.js";
import { badValue } from "../errors.js";
import { type Io, writeText } from "../io.js";
import { coloursFor } from "../terminal/colours.js";
import { downloadListener } from "../terminal/download.js";
import { printable } from "../terminal/entities.js";
import { count, counted } from "../terminal/figures.js";
import { inspectionReport } from "../terminal/inspectionReport.js";
import { Screen } from "../terminal/screen.js";
import { table } from "../terminal/table.js";

interface InspectFlags extends ReadFlags {
  readonly model?: string;
  readonly from?: string;
  readonly offsets?: OffsetUnit;
  readonly json?: true;
  readonly quiet?: true;
}

interface SplitFlags extends ReadFlags {
  readonly ratios: readonly number[];
  readonly seed: number;
  readonly from?: string;
  readonly to?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const from = () => formatOption("--from <format>", "format of the files; default: found out");
  const inspect = newCommand("inspect", io)
    .description(
      "Looks into data before it is trained on: entities by type and split, lengths, tags against their scheme, sentences that stand in several splits, names tagged in several ways, types that a split lacks, suspicious characters.",
    )
    .argument("<PATHS...>", "data files or folders; each is a split")
    .option(
      "--model <name>",
      "model, a folder or a name on the Hugging Face hub, whose tokens are counted too, and sentences that are too long for it",
    )
    .addOption(from())
    .addOption(
      new Option("--offsets <unit>", "what offsets count; default: found out").choices([
        "utf16",
        "code-points",
      ] satisfies OffsetUnit[]),
    );
  for (const option of columnOptions()) inspect.addOption(option);
  inspect
    .option("--json", "print one JSON object instead of tables")
    .addOption(quietOption())
    .action((paths: string[], flags: InspectFlags) => inspected(paths, flags, io));
  inspect.addHelpText("after", formatsHelp());
  withExamples(
    inspect,
    "nerium data inspect train.conll valid.conll test.conll",
    "nerium data inspect train.jsonl --model bert-base-cased",
    "nerium data inspect label-studio.json --json",
  );

  const split = newCommand("split", io)
    .description(
      "Divides data into train, validation and test, each with its share of every type of entity. What stands in one document stays together, where the data has several.",
    )
    .argument("<IN>", "a data file, or a folder of them")
    .argument("<OUT>", "the folder to write")
    .addOption(
      new Option("--ratios <list>", "shares of train, validation and, where there are three, test")
        .argParser(ratiosOf)
        .default([0.8, 0.1, 0.1], "0.8,0.1,0.1"),
    )
    .addOption(wholeNumberOption("--seed <number>", 0, "decides what goes where").default(42))
    .addOption(from())
    .addOption(formatOption("--to <format>", "format to write; default: that of IN"));
  for (const option of columnOptions()) split.addOption(option);
  split
    .option("--force", "replace what stands at OUT")
    .option("--json", "print one JSON object instead of a table")
    .action((input: string, output: string, flags: SplitFlags) => divided(input, output, flags, io));
  split.addHelpText("after", formatsHelp());
  withExamples(
    split,
    "nerium data split all.conll data",
    "nerium data split all.jsonl data --ratios 0.9,0.1 --seed 7",
  );

  const command = newCommand("nerium data", io)
    .usage("inspect PATHS | split IN OUT")
    .description("Looks into data, and divides it.")
    .addCommand(inspect)
    .addCommand(split);
  withExamples(
    command,
    "nerium data inspect train.conll valid.conll",
    "nerium data split all.conll data --ratios 0.8,0.1,0.1",
    "nerium data inspect --help",
  );
  if (args.length === 0) command.help({ error: true });
  await command.parseAsync(kebabFlags(args), { from: "user" });
}

function ratiosOf(text: string): number[] {
  const ratios = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const isRight =
    [2, 3].includes(ratios.length) && ratios.every((ratio) => ratio > 0 && Number.isFinite(ratio));
  if (!isRight) throw badValue("--ratios", text, "two or three numbers above 0, such as 0.8,0.1,0.1");
  return ratios;
}

async function inspected(paths: readonly string[], flags: InspectFlags, io: Io): Promise<void> {
  const { model, from, offsets, json, quiet } = flags;
  const { inspectPaths } = await import("../../data/index.js");
  const screen = new Screen(io.stderr);
  const notes = new Set<string>();
  let report: Awaited<ReturnType<typeof inspectPaths>>;
  try {
    report = await inspectPaths(paths, {
      ...readOptions(flags),
      ...(from === undefined ? {} : { format: from }),
      ...(offsets === undefined ? {} : { offsets }),
      ...(model === undefined
        ? {}
        : { model: await tokensOf(model, downloadListener(quiet ? undefined : io.stderr)) }),
      ...(quiet ? {} : { onProgress: (done) => screen.status(() => counted(done, "sentence")) }),
      onNote: (note) => notes.add(note),
    });
  } finally {
    screen.clear();
  }
  if (json) return writeText(io.stdout, `${JSON.stringify({ ...report, notes: [...notes] })}\n`);
  for (const note of notes) io.stderr.write(`${printable(note)}\n`);
  await writeText(io.stdout, `${inspectionReport(report, coloursFor(io.stdout, io.env)).join("\n")}\n`);
}

/** Returns a function that counts the tokens of sentences, and the number of tokens that the model takes. */
async function tokensOf(model: string, onDownload: ReturnType<typeof downloadListener>) {
  const [{ loadTokenizer }, { SPECIAL_TOKENS }, { encoderOf, readConfig }, { tokenizerFolder }] =
    await Promise.all([
      import("../../tokenize/index.js"),
      import("../../tasks/tokenClassification/index.js"),
      import("../../models/index.js"),
      import("../../hub/index.js"),
    ]);
  const folder = await tokenizerFolder(model, { onProgress: onDownload });
  const { vocabularySize, maxLength } = encoderOf(await readConfig(folder));
  const tokenizer = await loadTokenizer(folder, { embeddings: vocabularySize });
  return {
    limit: Math.min(maxLength, tokenizer.modelMaxLength) - SPECIAL_TOKENS,
    tokens: async (sentences: readonly (readonly string[])[]) =>
      (await tokenizer.encodeWords(sentences)).map(({ ids }) => ids.length),
  };
}

async function divided(input: string, output: string, flags: SplitFlags, io: Io): Promise<void> {
  const { ratios, seed, from, to, force, json } = flags;
  const { splitData } = await import("../../data/index.js");
  const { format, unit, parts } = await splitData(input, output, {
    ...readOptions(flags),
    ratios,
    seed,
    ...(from === undefined ? {} : { format: from }),
    ...(to === undefined ? {} : { to }),
    force: force ?? false,
  });
  if (json) {
    const plain = parts.map(({ entities, ...part }) => ({ ...part, entities: Object.fromEntries(entities) }));
    return writeText(io.stdout, `${JSON.stringify({ format, unit, seed, parts: plain })}\n`);
  }
  const types = [...new Set(parts.flatMap(({ entities }) => [...entities.keys()]))].sort();
  const lines = table([
    ["", "sentences", ...types],
    ...parts.map(({ path, sentences, entities }) => [
      path,
      count(sentences),
      ...types.map((type) => count(entities.get(type) ?? 0)),
    ]),
  ]);
  await writeText(io.stdout, `${lines.map(printable).join("\n")}\ndivided by ${unit}, seed ${seed}\n`);
}
