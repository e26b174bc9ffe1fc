import type { Command } from "commander";
import { type FormatName, formatNames } from "../../redact/formats/names.js";
import { kebabFlags, newCommand } from "../command.js";
import { documentsOf, documentWriter, leftOut, wholeFile } from "../documents.js";
import { badUsage } from "../errors.js";
import type { Io } from "../io.js";
import { choiceOption, quietOption } from "../options.js";
import { counted } from "../terminal/figures.js";
import { printNotes } from "../terminal/messages.js";

interface RestoreFlags {
  readonly key?: string;
  readonly map?: string;
  readonly from?: FormatName;
  readonly output?: string;
  readonly force?: true;
  readonly quiet?: true;
}

const COMMAND = "nerium restore";

export function define(io: Io): Command {
  return newCommand(COMMAND, io, {
    examples: [
      "nerium restore safe.jsonl --key redact.key --output original.jsonl",
      "nerium restore answer.txt --key redact.key --map letters.map",
      "nerium restore redacted/ --key redact.key --output originals/",
    ],
  })
    .description("Put back what nerium redact has encrypted, or replaced by placeholders of a map.")
    .argument("[SOURCE...]", "Texts, files, folders, or - for standard input, which is also the default.")
    .optionsGroup("Input:")
    .option("--key <file>", "The key file that the texts were redacted with.")
    .option("--map <file>", "The map that nerium redact wrote. Encrypted values need none.")
    .addOption(choiceOption("--from <format>", formatNames, "Format. Default: by extension, otherwise text."))
    .optionsGroup("Output:")
    .option("--output <path>", "File, or folder for several files. Default: standard output.")
    .option(
      "--force",
      "Overwrite the file of --output, and files that nerium restore has written to its folder.",
    )
    .addOption(quietOption())
    .action((sources: string[], flags: RestoreFlags) => restore(sources, flags, io));
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

async function restore(sources: readonly string[], flags: RestoreFlags, io: Io): Promise<void> {
  const { key, map, from, output, force = false, quiet } = flags;
  if (key === undefined)
    throw badUsage({
      what: "--key is missing",
      hint: "Give the key file of nerium redact.",
      command: COMMAND,
    });
  const documents = await documentsOf(sources, { from, output, command: COMMAND, writer: "restore" }, io);
  const writer = await documentWriter(
    documents,
    { output, force, others: [key, map], writer: "restore" },
    io,
  );
  const counts = { restored: 0, left: 0 };
  try {
    const { restoreParts } = await import("../../redact/restore.js");
    const options = {
      key: await wholeFile(key),
      map: map === undefined ? undefined : (await wholeFile(map)).toString("utf8"),
    };
    for (const document of documents.all)
      await writer.write(
        document,
        restoreParts(document.parts(), { ...options, format: document.format }, counts, document.name),
      );
  } finally {
    await writer.release();
  }
  if (quiet) return;
  const left = `${counted(counts.left, "encrypted value")} left as ${counts.left === 1 ? "it was" : "they were"}: made with another key, or changed`;
  printNotes(io, [
    `${counted(counts.restored, "value")} restored`,
    ...(counts.left === 0 ? [] : [left]),
    ...leftOut(documents),
  ]);
}
