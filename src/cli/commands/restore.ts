import type { Command } from "commander";
import { type FormatName, formatNames } from "../../redact/formats/names.js";
import { kebabFlags, newCommand } from "../command.js";
import { documentsOf, documentWriter, wholeFile } from "../documents.js";
import { badUsage } from "../errors.js";
import type { Io } from "../io.js";
import { choiceOption } from "../options.js";

interface RestoreFlags {
  readonly key?: string;
  readonly map?: string;
  readonly from?: FormatName;
  readonly output?: string;
  readonly force?: true;
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
    .option("--force", "Overwrite files.")
    .action((sources: string[], flags: RestoreFlags) => restore(sources, flags, io));
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

async function restore(sources: readonly string[], flags: RestoreFlags, io: Io): Promise<void> {
  const { key, map, from, output, force = false } = flags;
  if (key === undefined)
    throw badUsage({
      what: "--key is missing",
      hint: "Give the key file of nerium redact.",
      command: COMMAND,
    });
  const documents = documentsOf(sources, { from, command: COMMAND, io });
  const writer = await documentWriter(
    documents,
    { output, force, others: [key, map], writer: "restore" },
    io,
  );
  try {
    const { restoreParts } = await import("../../redact/restore.js");
    const options = {
      key: await wholeFile(key),
      map: map === undefined ? undefined : (await wholeFile(map)).toString("utf8"),
    };
    for (const document of documents.all)
      await writer.write(document, restoreParts(document.parts(), { ...options, format: document.format }));
  } finally {
    await writer.release();
  }
}
