import type { Command, Option } from "commander";
import type { Conversion, SpanProblem } from "../../data/index.js";
import { lossesText } from "../../data/read/leftOut.js";
import { countingText } from "../../data/spans/offsetUnit.js";
import { visible } from "../../shown.js";
import { kebabFlags, newCommand } from "../command.js";
import {
  badTagsOption,
  chosenReading,
  delimiterOption,
  FROM,
  policyOption,
  type ReadFlags,
  readOptions,
} from "../dataFlags.js";
import { formatOption, formatsTable, toOption } from "../formatOptions.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { choiceOption, jsonOption, type WordRuleFlags, wordRuleOptions } from "../options.js";
import { count, counted } from "../terminal/figures.js";
import { inFlags, printNotes } from "../terminal/messages.js";
import { wrapped } from "../terminal/wrapped.js";

interface ConvertFlags extends ReadFlags, WordRuleFlags {
  readonly to?: string;
  readonly texts?: "sentence" | "document";
  readonly toDelimiter?: string;
  readonly force?: true;
  readonly strict?: true;
  readonly json?: true;
}

export function define(io: Io): Command {
  const [unspacedWords, hyphens] = wordRuleOptions("found from the entities") as [Option, Option];
  const command = newCommand("nerium convert", io, {
    examples: [
      "nerium convert project-1.json train.conll --policy widen",
      "nerium convert brat-folder train.jsonl --policy drop",
      "nerium convert train.conll texts.jsonl --to doccano",
      "nerium convert train.csv train.parquet",
    ],
    tables: [formatsTable()],
  })
    .description(
      "Convert data to another format. Reports every entity that the new format cannot represent exactly, and what was done with it.",
    )
    .argument("<IN>", "Data file or folder. Its format is detected.")
    .argument("<OUT>", "File to write, or folder for brat.")
    .optionsGroup("Input:");
  for (const option of readOptions(formatOption(...FROM))) command.addOption(option);
  return command
    .addOption(badTagsOption("O"))
    .optionsGroup("Conversion:")
    .addOption(policyOption())
    .addOption(unspacedWords)
    .addOption(hyphens)
    .addOption(
      choiceOption(
        "--texts <unit>",
        ["sentence", "document"],
        "What becomes one text when words are converted to texts. Default: document if there are several, otherwise sentence.",
      ),
    )
    .optionsGroup("Output:")
    .addOption(toOption("Format of OUT. Default: detected from its extension."))
    .addOption(delimiterOption("--to-delimiter <text>", "Text between columns. Default: a space."))
    .option("--force", "Overwrite OUT.")
    .option("--strict", "Write nothing if OUT would lose anything: records, relations, columns.")
    .addOption(jsonOption())
    .action((input: string, output: string, flags: ConvertFlags) => convertFiles(input, output, flags, io));
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

async function convertFiles(input: string, output: string, flags: ConvertFlags, io: Io): Promise<void> {
  const { convert, problemText } = await import("../../data/index.js");
  const { unspacedWords, hyphens, to, texts, toDelimiter, force, strict, json } = flags;
  const problems: SpanProblem[] = [];
  const notes = new Set<string>();
  const conversion = await convert(input, output, {
    ...chosenReading(flags),
    ...(to === undefined ? {} : { to }),
    ...(texts === undefined ? {} : { texts }),
    ...(toDelimiter === undefined ? {} : { toDelimiter }),
    words: { ...(unspacedWords && { unspaced: unspacedWords }), ...(hyphens && { hyphens }) },
    force: force ?? false,
    strict: strict ?? false,
    onNote: (note) => notes.add(note),
    onProblem(problem) {
      problems.push(problem);
      if (problem.outcome === "split") return;
      const line = visible(`${placeOf(problem)}: ${problemText(problem)}`);
      if (!json) io.stderr.write(`${wrapped(line, lineWidth(io.stderr))}\n`);
    },
  });
  if (json)
    return writeJson(io.stdout, { ...conversion, input, output, problems, notes: [...notes].map(inFlags) });
  printNotes(io, notes);
  await writeText(io.stdout, `${summary(conversion, output).join("\n")}\n`);
}

const placeOf = ({ file, line, id }: SpanProblem): string =>
  `${file}:${line}${id === undefined ? "" : ` (${id})`}`;

function summary(conversion: Conversion, output: string): string[] {
  const { from, to, files, written: number, unit, entities, lost, offsets } = conversion;
  const { split, widened, dropped } = conversion;
  const many = files === 1 ? "" : `, ${counted(files, "file")}`;
  return [
    `${output}: ${to}, converted from ${from}${many}`,
    `  ${counted(number, unit === "texts" ? "text" : "sentence")}, ${counted(entities, "entity", "entities")}`,
    ...(split > 0 ? [`  words were split at ${counted(split, "entity", "entities")}`] : []),
    ...(widened + dropped > 0 ? [`  ${count(widened)} widened, ${count(dropped)} dropped`] : []),
    ...(lost.length === 0 ? [] : [`  lost: ${lossesText(lost)}`]),
    ...(offsets === undefined || offsets.why === "no difference" ? [] : [`  ${offsetText(offsets)}`]),
  ];
}

const WHY = {
  asked: "as requested",
  texts: "detected from the texts of the entities",
  "word boundaries": "because entities then match word boundaries",
  "no difference": "",
  format: "the usual unit of this format; the file does not show which one it uses",
};

const offsetText = (offsets: NonNullable<Conversion["offsets"]>): string =>
  `offsets count ${countingText(offsets)} (${WHY[offsets.why]})`;
