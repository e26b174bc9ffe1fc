import type { Option } from "commander";
import { type Format, isWritable } from "../data/formats/format.js";
import { formats, writableFormats } from "../data/formats/index.js";
import type { HelpTable } from "./help.js";
import { choiceOption } from "./options.js";

/** An option that takes the name of a format. Loads all formats. */
export const formatOption = (
  flags: string,
  description: string,
  among: readonly Format[] = formats,
): Option =>
  choiceOption(
    flags,
    among.map(({ name }) => name),
    description,
  );

/** An option that takes the name of a format that can be written. */
export const toOption = (description: string): Option =>
  formatOption("--to <format>", description, writableFormats);

/** The list of all formats, for a help text. */
export const formatsTable = (): HelpTable => ({
  title: "Formats:",
  rows: formats.map((format) => [
    format.name,
    isWritable(format) ? format.title : `${format.title} (only read)`,
  ]),
});
