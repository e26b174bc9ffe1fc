import { Option } from "commander";
import type { BadTagPolicy, ReadingChoices } from "../data/index.js";
import { readingChoices } from "../data/read/readingChoices.js";
import { SPAN_POLICIES } from "../data/spans/spanProblem.js";
import { BAD_TAG_POLICIES, TAG_SCHEMES } from "../data/tags/tagReading.js";
import { badValue } from "./errors.js";
import { choiceOption, offsetsOption } from "./options.js";
import { wordColumnOptions } from "./wordColumns.js";

/** Flags that say how to read data files. They are the same in all commands. */
export interface ReadFlags extends Omit<ReadingChoices, "format"> {
  readonly from?: string;
}

export const FROM = [
  "--from <format>",
  "Format of the data. Default: detected from name and content.",
] as const;

/**
 * Options that say how to read data files, for every command that reads annotated data.
 *
 * @param from the option `--from`; by default, one that does not load the formats to check their names
 */
export const readOptions = (from = new Option(...FROM)): Option[] => [
  from,
  ...wordColumnOptions(),
  delimiterOption("--delimiter <text>", "Text between columns. Default: spaces and tabs."),
  listOption(
    "--labels <list>",
    "Names of tags that are stored as numbers, in their order, such as O,B-PER,I-PER.",
  ),
  offsetsOption(
    "What the offsets of entities count. Default: detected from the texts of the entities.",
    "utf16",
  ),
  choiceOption("--tag-scheme <scheme>", TAG_SCHEMES, "Scheme of the tags. Default: that of most tags."),
  listOption(
    "--ignore-tags <list>",
    "Tags of words that do not count: they are neither trained on nor scored. -100 is always one.",
  ),
];

/** An option for tags that do not fit the scheme of the others. */
export const badTagsOption = (standard: BadTagPolicy): Option =>
  choiceOption(
    "--bad-tags <policy>",
    BAD_TAG_POLICIES,
    `What to do with tags that do not fit the scheme of most tags: stop and list them (error), read them as O, or leave their sentences out (drop). Default: ${standard}.`,
  );

/** An option for spans that are not whole words. */
export const policyOption = (): Option =>
  choiceOption(
    "--policy <policy>",
    SPAN_POLICIES,
    "What to do with entities that overlap, are discontinuous or do not match word boundaries: stop and list them (error), cut words where they begin and end (split), extend them to whole words (widen), or leave them out (drop). Default: error.",
  );

/** An option that takes a list, with commas between its items. */
const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text) => text.split(",").map((item) => item.trim()));

/** An option that takes one or more characters. A tab can be written as `\t`. */
export const delimiterOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text) => {
    if (text === "") throw badValue(flags.split(" ", 1)[0]!, text, "a text that is not empty");
    return text.replaceAll("\\t", "\t");
  });

/** Returns the options of reading that the flags ask for. */
export const chosenReading = ({ from, ...flags }: ReadFlags): ReadingChoices =>
  readingChoices({ ...flags, format: from });
