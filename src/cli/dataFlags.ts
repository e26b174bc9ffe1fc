import { Option } from "commander";
import { formats } from "../data/formats/index.js";
import type { OffsetUnit, ReadOptions } from "../data/index.js";
import type { HelpTable } from "./help.js";
import { choiceOption } from "./options.js";
import { wordColumnOptions } from "./wordColumns.js";

/** Flags that say how to read data files. */
export interface ReadFlags {
  readonly tokenColumn?: number | string;
  readonly tagColumn?: number | string;
  readonly delimiter?: string;
  readonly labels?: readonly string[];
}

/** An option that takes the name of a format. */
export const formatOption = (flags: string, description: string): Option =>
  choiceOption(
    flags,
    formats.map(({ name }) => name),
    description,
  );

/** The list of all formats, for a help text. */
export const formatsTable = (): HelpTable => ({
  title: "Formats:",
  rows: formats.map(({ name, title }) => [name, title]),
});

/** An option for the unit of offsets in the input. */
export const offsetsOption = (description: string): Option =>
  choiceOption("--offsets <unit>", ["utf16", "code-points"] satisfies OffsetUnit[], description);

/** Options for the layout of data files, for commands that convert or examine data. */
export const columnOptions = (): Option[] => [
  ...wordColumnOptions(),
  delimiterOption("--delimiter <text>", "Text between columns. Default: spaces and tabs."),
  new Option(
    "--labels <list>",
    "Names of tags that are stored as numbers, in their order, such as O,B-PER,I-PER.",
  ).argParser((text) => text.split(",").map((label) => label.trim())),
];

/** An option that takes one or more characters. A tab can be written as `\t`. */
export const delimiterOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text) => text.replaceAll("\\t", "\t"));

export function readOptions({ tokenColumn, tagColumn, delimiter, labels }: ReadFlags): ReadOptions {
  return {
    ...(tokenColumn === undefined ? {} : { tokenColumn }),
    ...(tagColumn === undefined ? {} : { tagColumn }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(labels === undefined ? {} : { labels }),
  };
}
