import { Option } from "commander";

const column = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);

/** Options for the columns of words and tags, and the key of texts. */
export const wordColumnOptions = (): Option[] => [
  new Option("--token-column <column>", "Column of the words: its number, from 0, or its name.").argParser(
    column,
  ),
  new Option("--tag-column <column>", "Column of the tags: its number, from 0, or its name.").argParser(
    column,
  ),
  new Option("--text-key <key>", "Key of the texts in JSON. Default: detected."),
];

/** An option for the column of texts. */
export const textColumnOption = (): Option =>
  new Option(
    "--text-column <column>",
    "Where the texts of a table or of JSON records are: the number of a column, from 0, its name, or a key. Default: text, or the only one.",
  ).argParser(column);
