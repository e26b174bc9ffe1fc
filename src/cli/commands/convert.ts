import { Option } from "commander";
import type { Conversion, OffsetUnit, SpanPolicy, SpanProblem } from "../../data/index.js";
import { kebabFlags, newCommand, withExamples } from "../command.js";
import {
  columnOptions,
  delimiterOption,
  formatOption,
  formatsHelp,
  type ReadFlags,
  readOptions,
} from "../dataFlags.js";
import { type Io, writeText } from "../io.js";
import { printable } from "../terminal/entities.js";
import { count, counted } from "../terminal/figures.js";

interface ConvertFlags extends ReadFlags {
  readonly from?: string;
  readonly to?: string;
  readonly policy: SpanPolicy;
  readonly offsets?: OffsetUnit;
  readonly texts?: "sentence" | "document";
  readonly toDelimiter?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium convert", io)
    .usage("IN OUT [flags]")
    .description(
      "Writes data in another format. Says of every entity that the new format cannot hold as it is what became of it.",
    )
    .argument("<IN>", "a data file, or a folder of them; the format is found out")
    .argument("<OUT>", "the file to write; a folder for brat")
    .addOption(formatOption("--from <format>", "format of IN; default: found out by name and content"))
    .addOption(formatOption("--to <format>", "format of OUT; default: what its extension says"))
    .addOption(
      new Option(
        "--policy <policy>",
        "entities that do not end with words, overlap, nest or are discontinuous: an error that lists all, made larger to whole words, or left out",
      )
        .choices(["error", "widen", "drop"] satisfies SpanPolicy[])
        .default("error"),
    )
    .addOption(
      new Option(
        "--offsets <unit>",
        "what the offsets of IN count; default: found out, by the texts that they cut out",
      ).choices(["utf16", "code-points"] satisfies OffsetUnit[]),
    )
    .addOption(
      new Option(
        "--texts <unit>",
        "what becomes one text where words become texts; default: documents where there are several, else sentences",
      ).choices(["sentence", "document"]),
    );
  for (const option of columnOptions()) command.addOption(option);
  command
    .addOption(delimiterOption("--to-delimiter <text>", "what to put between columns; default: a space"))
    .option("--force", "replace what stands at OUT")
    .option("--json", "print one JSON object, with every entity that was changed, instead of lines")
    .action((input: string, output: string, flags: ConvertFlags) => convertFiles(input, output, flags, io));
  command.addHelpText("after", formatsHelp());
  withExamples(
    command,
    "nerium convert project-1.json train.conll --policy widen",
    "nerium convert brat-folder train.jsonl --policy drop",
    "nerium convert train.conll texts.jsonl --to doccano",
    "nerium convert train.csv train.parquet",
  );
  await command.parseAsync(kebabFlags(args), { from: "user" });
}

async function convertFiles(input: string, output: string, flags: ConvertFlags, io: Io): Promise<void> {
  const { convert, problemText } = await import("../../data/index.js");
  const { from, to, policy, offsets, texts, toDelimiter, force, json } = flags;
  const problems: SpanProblem[] = [];
  const notes = new Set<string>();
  const conversion = await convert(input, output, {
    ...readOptions(flags),
    ...(from === undefined ? {} : { format: from }),
    ...(to === undefined ? {} : { to }),
    ...(offsets === undefined ? {} : { offsets }),
    ...(texts === undefined ? {} : { texts }),
    ...(toDelimiter === undefined ? {} : { toDelimiter }),
    policy,
    force: force ?? false,
    onNote: (note) => notes.add(note),
    onProblem(problem) {
      problems.push(problem);
      if (!json) io.stderr.write(`${printable(`${placeOf(problem)}: ${problemText(problem)}`)}\n`);
    },
  });
  if (json)
    return writeText(
      io.stdout,
      `${JSON.stringify({ ...conversion, input, output, problems, notes: [...notes] })}\n`,
    );
  for (const note of notes) io.stderr.write(`${printable(note)}\n`);
  await writeText(io.stdout, `${summary(conversion, output).join("\n")}\n`);
}

const placeOf = ({ file, line, id }: SpanProblem): string =>
  `${file}:${line}${id === undefined ? "" : ` (${id})`}`;

function summary(conversion: Conversion, output: string): string[] {
  const { from, to, files, written: number, unit, entities, widened, dropped, offsets } = conversion;
  const many = files === 1 ? "" : `, ${counted(files, "file")}`;
  return [
    `${output}  ${to}, from ${from}${many}`,
    `  ${counted(number, unit === "texts" ? "text" : "sentence")}, ${counted(entities, "entity", "entities")}`,
    ...(widened + dropped > 0 ? [`  ${count(widened)} widened, ${count(dropped)} dropped`] : []),
    ...(offsets === undefined || offsets.why === "no difference" ? [] : [`  ${offsetText(offsets)}`]),
  ];
}

const WHY = {
  asked: "as asked for",
  texts: "as the texts of its entities show",
  "word boundaries": "since entities then end with words",
  "no difference": "",
  format: "as is usual for the format; nothing in the file speaks for or against it",
};

const offsetText = ({ unit, why }: NonNullable<Conversion["offsets"]>): string =>
  `offsets count ${unit === "utf16" ? "UTF-16 units" : "code points"}, ${WHY[why]}`;
