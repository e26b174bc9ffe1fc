import { extname } from "node:path";
import { NeriumError } from "../errors.js";
import type { SpanProblem } from "./spans/spanProblem.js";

/** Quotes text from a file for a message, cut to a short length. */
const quoted = (text: string): string => JSON.stringify(short(text));

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const at = (file: string, line: number): string => `${file}:${line}`;

/** The data file or folder does not exist. */
export const fileMissing = (file: string, cause: unknown) =>
  new NeriumError("DATA_FILE_MISSING", `${kindOf(file)} not found`, {
    where: file,
    remedy: "Check the path; a relative one starts at the current folder.",
    cause,
  });

/** What a path names, as far as it shows. */
const kindOf = (path: string): string =>
  /[\\/]$/.test(path) ? "Folder" : extname(path) === "" ? "File or folder" : "File";

/** The folder contains no data files. */
export const fileIsFolder = (file: string) =>
  new NeriumError("DATA_FILE_IS_FOLDER", "This folder has no data files in it", {
    where: file,
    remedy: "Name a file, or a folder with data files in it.",
  });

/** The operating system refuses to read the data file, or the file is larger than 2 GiB. */
export const fileUnreadable = (file: string, cause: unknown) =>
  new NeriumError(
    "DATA_FILE_UNREADABLE",
    `The file can't be read: ${cause instanceof Error ? cause.message : cause}`,
    { where: file, remedy: "Check its permissions, and that it is a file of less than 2 GiB.", cause },
  );

/** Runs a file system call and turns its errors into a NeriumError. */
export function attemptRead<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw fileMissing(file, error);
    throw code?.startsWith("E") ? fileUnreadable(file, error) : error;
  }
}

/** A line of a data file is longer than the longest possible string, half a gigabyte. */
export const lineTooLong = (file: string, line: number) =>
  new NeriumError("DATA_LINE_TOO_LONG", "The line is longer than 500 MB", {
    where: at(file, line),
    remedy: "Write one record a line, or split the file.",
  });

/** Nerium does not read files with this extension. */
export const formatUnsupported = (file: string, extension: string) =>
  new NeriumError("DATA_FORMAT_UNSUPPORTED", `Files that end in ${extension} are not read`, {
    where: file,
    remedy:
      'Name the format with --from where the extension misleads; else convert it to CoNLL columns (one word and its tag a line, an empty line after each sentence) or JSON Lines ({"tokens": […], "ner_tags": […]} a line).',
  });

/** The data file has no bytes, or only a byte order mark. */
export const fileEmpty = (file: string) =>
  new NeriumError("DATA_FILE_EMPTY", "The file is empty", {
    where: file,
    remedy: "Was it downloaded or written completely?",
  });

/** The data file has no sentences: for example, it only has blank lines, comments and -DOCSTART- lines. */
export const noSentences = (file: string) =>
  new NeriumError("DATA_NO_SENTENCES", "The file has no sentences", {
    where: file,
    remedy:
      "A sentence is some lines of word and tag, or a JSON object with tokens; blank lines and comments are none.",
  });

/** The data file has NUL bytes: it is an image, an archive, or text in UTF-16. */
export const fileBinary = (file: string, line: number, utf16: boolean) =>
  new NeriumError(
    "DATA_FILE_BINARY",
    utf16 ? "The file is in UTF-16" : "The file is binary, not text: it has NUL bytes",
    {
      where: at(file, line),
      remedy: utf16 ? "Save it as UTF-8." : "Unpack it if it is an archive, or give a text file in UTF-8.",
    },
  );

/** A line of the data file is not valid UTF-8. */
export const encodingInvalid = (file: string, line: number) =>
  new NeriumError("DATA_ENCODING_INVALID", "The line is not valid UTF-8", {
    where: at(file, line),
    remedy: "Save the file as UTF-8, for example with iconv -f latin1 -t utf-8.",
  });

/** A line has more or fewer columns than the first line of the file. */
export const columnCount = (file: string, line: number, found: number, expected: number, first: number) =>
  new NeriumError(
    "DATA_COLUMN_COUNT",
    `The line has ${columns(found)}, where line ${first} has ${columns(expected)}`,
    {
      where: at(file, line),
      remedy:
        "Give each word as many columns as the first; words that contain spaces need tabs between the columns of every line.",
    },
  );

const columns = (count: number): string => `${count} ${count === 1 ? "column" : "columns"}`;

/** The requested column of words is not in the file. */
export const tokenColumnMissing = (file: string, line: number, column: number, count: number) =>
  new NeriumError(
    "DATA_TOKEN_COLUMN_MISSING",
    `There is no column ${column} for the words: the lines have ${columns(count)}`,
    { where: at(file, line), remedy: columnRange(count) },
  );

/** The requested column of tags is not in the file. */
export const tagColumnMissing = (file: string, line: number, column: number, count: number) =>
  new NeriumError(
    "DATA_TAG_COLUMN_MISSING",
    `There is no column ${column} for the tags: the lines have ${columns(count)}`,
    { where: at(file, line), remedy: columnRange(count) },
  );

const columnRange = (count: number): string =>
  count === 1
    ? "Columns are counted from 0, and each line has one: is it the right file, with spaces or tabs between columns?"
    : `Columns are counted from 0: give a number from 0 to ${count - 1}.`;

/** A column was given by name for a column file, or by number for JSON Lines. */
export const columnKind = (file: string, column: string | number) =>
  typeof column === "number"
    ? new NeriumError("DATA_COLUMN_KIND", `${column} is no key: objects of JSON Lines have named columns`, {
        where: file,
        remedy: 'Give the name of the key, such as "tokens" or "ner_tags".',
      })
    : new NeriumError("DATA_COLUMN_KIND", `${quoted(column)} is no column number`, {
        where: file,
        remedy: "Columns of a column file are whole numbers, counted from 0.",
      });

/** The word or the tag of a line is empty. */
export const cellEmpty = (file: string, line: number, what: "token" | "tag") =>
  new NeriumError("DATA_CELL_EMPTY", `The ${what} is empty`, {
    where: at(file, line),
    remedy:
      what === "tag" ? "Give the word a tag; O outside entities." : "Give the line a word, or remove it.",
  });

/** A line of a JSON Lines file, or a record of a JSON array, is not valid JSON. */
export const jsonInvalid = (file: string, line: number, cause: unknown) =>
  new NeriumError(
    "DATA_JSON_INVALID",
    `What begins here is not valid JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : cause}`,
    {
      where: at(file, line),
      remedy:
        "JSON Lines holds one complete object a line, without commas between them; an array begins with [ and ends with ].",
      cause,
    },
  );

/** A record of a JSON file does not have the shape that the format requires. */
export const jsonShape = (
  file: string,
  line: number,
  what: string,
  remedy = 'Give each sentence as {"tokens": ["…"], "ner_tags": ["…"]} on one line.',
) => new NeriumError("DATA_JSON_SHAPE", what, { where: at(file, line), remedy });

/**
 * The object has no tokens or tags under the requested key or, if none was requested, under the usual ones.
 */
export const keyMissing = (
  file: string,
  line: number,
  what: "tokens" | "tags",
  tried: readonly string[],
  found: readonly string[],
) =>
  new NeriumError(
    "DATA_KEY_MISSING",
    `The object has no ${what}: none of its keys is ${tried.join(" or ")} (it has ${found.slice(0, 8).map(short).join(", ") || "no keys"})`,
    { where: at(file, line), remedy: `Name the key of the ${what}, or write them under ${tried[0]}.` },
  );

/** A sentence does not have one tag for each token. */
export const lengthsDiffer = (file: string, line: number, tokens: number, tags: number) =>
  new NeriumError("DATA_LENGTHS_DIFFER", `The sentence has ${tokens} tokens and ${tags} tags`, {
    where: at(file, line),
    remedy: "Give one tag for each token.",
  });

/** Tags are integers, but no names were given for them. */
export const labelNamesMissing = (file: string, line: number, tag: number) =>
  new NeriumError("DATA_LABEL_NAMES_MISSING", `The tag ${tag} is a number, and numbers have no names here`, {
    where: at(file, line),
    remedy: "Give the names in the order of the numbers, for example labels: [O, B-PER, I-PER].",
  });

/** An integer tag is outside the list of label names. */
export const labelNumber = (file: string, line: number, tag: number, labels: number) =>
  new NeriumError("DATA_LABEL_NUMBER", `The tag ${tag} has no name: there are ${labels} labels`, {
    where: at(file, line),
    remedy: `Numbers of tags go from 0 to ${labels - 1}: give all labels, in the order of their numbers.`,
  });

/** Spans do not fit the words, each other or the text, and no policy says what to do about it. */
export const spansUnfit = (problems: readonly SpanProblem[]) => {
  const [first] = problems;
  const { file, line, id } = first!;
  const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
  return new NeriumError("DATA_SPANS_UNFIT", `${problemText(first!)}${more}`, {
    where: id === undefined ? at(file, line) : `${at(file, line)} (${short(id)})`,
    remedy:
      "Convert the data with nerium convert --policy widen, which makes such spans larger to whole words, or --policy drop, which leaves them out; both list every one.",
  });
};

const WHY: Readonly<Record<SpanProblem["kind"], string>> = {
  empty: "has no text",
  outside: "lies outside of the text",
  "other-text": "is another text in the file",
  discontinuous: "is discontinuous",
  "within-word": "does not begin and end with words",
  overlap: "overlaps",
};

/** Describes in one line what is wrong with a span and what was done about it. */
export function problemText({ kind, type, text, start, end, outcome, other }: SpanProblem): string {
  const what = `${short(type)} ${quoted(text)} (${start}-${end}) ${WHY[kind]}`;
  const against = kind === "overlap" || kind === "other-text" ? (other ?? "") : "";
  const named = kind === "other-text" && against !== "" ? quoted(against) : against;
  const done =
    outcome === "refused" ? "" : outcome === "dropped" ? ": dropped" : `: widened to ${quoted(other ?? "")}`;
  return `${[what, named].filter((part) => part !== "").join(" ")}${done}`;
}

/** The format cannot hold something in the data, such as a word with a line break or a type with a space. */
export const cannotHold = (format: string, what: string, text: string, where: string) =>
  new NeriumError("DATA_CANNOT_HOLD", `${format} can't hold ${what}: ${quoted(text)}`, {
    where,
    remedy: "Write another format, such as jsonl.",
  });

/** Unknown format. */
export const formatUnknown = (name: string, names: readonly string[]) =>
  new NeriumError("DATA_FORMAT_UNKNOWN", `There is no format ${quoted(name)}`, {
    remedy: `Formats are ${names.join(", ")}.`,
  });

/** Some files of a folder contain words and tags, others contain texts. */
export const shapesMixed = (file: string, first: string) =>
  new NeriumError(
    "DATA_SHAPES_MIXED",
    `The file does not hold what ${first} holds: words and tags, or texts`,
    {
      where: file,
      remedy: "Read such files one by one.",
    },
  );

/** A brat annotation file has no text file beside it, or a text file has no annotation file. */
export const companionMissing = (file: string, extension: string) =>
  new NeriumError("DATA_COMPANION_MISSING", `There is no ${extension} file of the same name beside it`, {
    where: file,
    remedy: "brat keeps a text in NAME.txt and its annotations in NAME.ann.",
  });

/** A line of the data file does not follow the format. */
export const lineInvalid = (file: string, line: number, what: string, remedy: string) =>
  new NeriumError("DATA_LINE_INVALID", what, { where: at(file, line), remedy });

/** The table has no column of words, or no column with the requested name. */
export const tableColumnMissing = (
  file: string,
  what: "words" | "tags",
  tried: readonly string[],
  found: readonly string[],
) =>
  new NeriumError(
    "DATA_TABLE_COLUMN_MISSING",
    `The table has no column for the ${what}: none is ${tried.join(" or ")} (it has ${found.slice(0, 8).map(short).join(", ") || "none"})`,
    { where: file, remedy: `Name the column of the ${what}.` },
  );

/** A Parquet or Arrow file is damaged, or uses a feature that is not supported. */
export const tableUnreadable = (file: string, cause: unknown) =>
  new NeriumError(
    "DATA_TABLE_UNREADABLE",
    `The table can't be read: ${cause instanceof Error ? cause.message.slice(0, 200) : cause}`,
    {
      where: file,
      remedy: "Was it downloaded completely? Write it again, with Snappy compression or none.",
      cause,
    },
  );

/** A .spacy file is not a DocBin as spaCy writes it. */
export const docBinInvalid = (file: string, what: string, cause?: unknown) =>
  new NeriumError("DATA_DOCBIN_INVALID", `The file is no DocBin of spaCy: ${what}`, {
    where: file,
    remedy: "Was it copied completely? Write it with DocBin.to_disk of spaCy 3, or with spacy convert.",
    cause,
  });

/** A file of predictions to compare has no column of predicted tags. */
export const predictionsMissing = (file: string, count: number) =>
  new NeriumError(
    "DATA_PREDICTIONS_MISSING",
    `The lines have ${columns(count)}; a word, its gold tag and its predicted tag are needed`,
    { where: file, remedy: "Write such a file with nerium evaluate MODEL FILE --predictions OUT." },
  );

/** Two files of predictions do not contain the same sentences with the same gold tags. */
export const predictionsDiffer = (a: string, b: string) =>
  new NeriumError("DATA_PREDICTIONS_DIFFER", "The two files do not hold the same sentences and gold tags", {
    where: `${a} and ${b}`,
    remedy: "Let both models predict the same file, and give the same columns.",
  });

/** The output's name does not tell which format to write. */
export const formatUnclear = (output: string, candidates: readonly string[]) =>
  new NeriumError("DATA_FORMAT_UNCLEAR", "The name of the output does not say its format", {
    where: output,
    remedy: `Give --to ${candidates.slice(0, -1).join(", ")}${candidates.length > 1 ? " or " : ""}${candidates.at(-1)}.`,
  });

/** A file or folder with the output's name already exists. */
export const outputExists = (output: string) =>
  new NeriumError("DATA_OUTPUT_EXISTS", "There is a file or folder of this name", {
    where: output,
    remedy: "Choose another name, or give --force to replace it.",
  });

/** There are fewer documents or sentences than parts, or a share is too small for even one of them. */
export const tooFewUnits = (file: string, units: number, unit: string, part: string) =>
  new NeriumError("DATA_SPLIT_TOO_SMALL", `There are ${units} ${unit}, and none is left for ${part}`, {
    where: file,
    remedy: "Give larger shares, or more data; what is of one document is never divided.",
  });

/** The label map names an entity type that is not in the data. */
export const labelMapUnknown = (type: string, types: readonly string[]) =>
  new NeriumError(
    "DATA_LABEL_MAP_UNKNOWN",
    `label_map names the type ${quoted(type)}, which the data does not have`,
    {
      where: "label_map",
      remedy: `Types are named without prefixes: ${types.slice(0, 12).map(short).join(", ") || "the data has none"}.`,
    },
  );
