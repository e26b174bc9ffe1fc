import { Option } from "commander";
import { formats } from "../data/formats/index.js";
import type { ReadOptions } from "../data/index.js";
import { badValue } from "./errors.js";

/** Flags that say how to read data files. */
export interface ReadFlags {
  readonly tokenColumn?: number | string;
  readonly tagColumn?: number | string;
  readonly delimiter?: string;
  readonly labels?: readonly string[];
}

const column = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);

/** An option that takes the name of a format. */
export const formatOption = (flags: string, description: string): Option => {
  const option = new Option(flags, description);
  return option.argParser((name) => {
    if (formats.some((format) => format.name === name)) return name;
    throw badValue(option.long!, name, `one of ${formats.map((format) => format.name).join(", ")}`);
  });
};

/** The list of all formats, for a help text. */
export const formatsHelp = (): string =>
  `\nFormats:\n${formats.map(({ name, title }) => `  ${name.padEnd(17)} ${title}`).join("\n")}`;

/** Options for the place of words and tags in a file, for all commands that read data. */
export const columnOptions = (): Option[] => [
  new Option("--token-column <column>", "column of the words: number from 0, or name").argParser(column),
  new Option("--tag-column <column>", "column of the tags: number from 0, or name").argParser(column),
  delimiterOption("--delimiter <text>", "what stands between columns; default: spaces and tabs"),
  new Option("--labels <list>", "names of tags that are numbers, in their order: O,B-PER,I-PER").argParser(
    (text) => text.split(",").map((label) => label.trim()),
  ),
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
