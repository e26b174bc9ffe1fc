import { NeriumError } from "../errors.js";

/** Text of a file as it stands in a message: quoted, and short whatever the file holds. */
const quoted = (text: string): string => JSON.stringify(short(text));

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const at = (file: string, line: number): string => `${file}:${line}`;

/** A data file is named that does not exist. */
export const fileMissing = (file: string, cause: unknown) =>
  new NeriumError("DATA_FILE_MISSING", "There is no such file", {
    where: file,
    remedy: "Check the path; a relative one starts at the current folder.",
    cause,
  });

/** A folder is named where a data file should be. */
export const fileIsFolder = (file: string) =>
  new NeriumError("DATA_FILE_IS_FOLDER", "This is a folder, not a data file", {
    where: file,
    remedy: "Name one file: CoNLL columns, or JSON Lines.",
  });

/** The operating system does not let a data file be read, or it is larger than 2 GiB. */
export const fileUnreadable = (file: string, cause: unknown) =>
  new NeriumError(
    "DATA_FILE_UNREADABLE",
    `The file can't be read: ${cause instanceof Error ? cause.message : cause}`,
    { where: file, remedy: "Check its permissions, and that it is a file of less than 2 GiB.", cause },
  );

/** The file's extension is that of a format Nerium does not read. */
export const formatUnsupported = (file: string, extension: string) =>
  new NeriumError("DATA_FORMAT_UNSUPPORTED", `Files that end in ${extension} are not read`, {
    where: file,
    remedy:
      'Convert it to CoNLL columns (one word and its tag a line, an empty line after each sentence) or JSON Lines ({"tokens": […], "ner_tags": […]} a line).',
  });

/** A data file has no bytes, or nothing but a byte order mark. */
export const fileEmpty = (file: string) =>
  new NeriumError("DATA_FILE_EMPTY", "The file is empty", {
    where: file,
    remedy: "Was it downloaded or written completely?",
  });

/** A data file holds blank lines, comments and -DOCSTART- lines only. */
export const noSentences = (file: string) =>
  new NeriumError("DATA_NO_SENTENCES", "The file has no sentences", {
    where: file,
    remedy:
      "A sentence is some lines of word and tag, or a JSON object with tokens; blank lines and comments are none.",
  });

/** A data file has NUL bytes: it is a picture, an archive, or text in UTF-16. */
export const fileBinary = (file: string, line: number, utf16: boolean) =>
  new NeriumError(
    "DATA_FILE_BINARY",
    utf16 ? "The file is in UTF-16" : "The file is binary, not text: it has NUL bytes",
    {
      where: at(file, line),
      remedy: utf16 ? "Save it as UTF-8." : "Unpack it if it is an archive, or give a text file in UTF-8.",
    },
  );

/** A line of a data file is not UTF-8. */
export const encodingInvalid = (file: string, line: number) =>
  new NeriumError("DATA_ENCODING_INVALID", "The line is not valid UTF-8", {
    where: at(file, line),
    remedy: "Save the file as UTF-8, for example with iconv -f latin1 -t utf-8.",
  });

/** A line of a column file has more or fewer columns than the lines before it. */
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

/** The column of the words that is asked for is not in the file. */
export const tokenColumnMissing = (file: string, line: number, column: number, count: number) =>
  new NeriumError(
    "DATA_TOKEN_COLUMN_MISSING",
    `There is no column ${column} for the words: the lines have ${columns(count)}`,
    { where: at(file, line), remedy: columnRange(count) },
  );

/** The column of the tags that is asked for is not in the file. */
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

/** Columns are given by name for a column file, or by number for JSON Lines. */
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

/** A line has nothing where its word or its tag should stand. */
export const cellEmpty = (file: string, line: number, what: "token" | "tag") =>
  new NeriumError("DATA_CELL_EMPTY", `The ${what} is empty`, {
    where: at(file, line),
    remedy:
      what === "tag" ? "Give the word a tag; O outside entities." : "Give the line a word, or remove it.",
  });

/** A line of a JSON Lines file is not JSON. */
export const jsonInvalid = (file: string, line: number, cause: unknown) =>
  new NeriumError(
    "DATA_JSON_INVALID",
    `The line is not valid JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : cause}`,
    {
      where: at(file, line),
      remedy: "JSON Lines holds one complete object a line, without commas between them.",
      cause,
    },
  );

/** A line of a JSON Lines file is JSON of another shape than a sentence. */
export const jsonShape = (file: string, line: number, what: string) =>
  new NeriumError("DATA_JSON_SHAPE", what, {
    where: at(file, line),
    remedy: 'Give each sentence as {"tokens": ["…"], "ner_tags": ["…"]} on one line.',
  });

/** The keys of tokens or tags that are asked for, or the usual ones, are not in the object. */
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

/** A sentence has more or fewer tags than tokens. */
export const lengthsDiffer = (file: string, line: number, tokens: number, tags: number) =>
  new NeriumError("DATA_LENGTHS_DIFFER", `The sentence has ${tokens} tokens and ${tags} tags`, {
    where: at(file, line),
    remedy: "Give one tag for each token.",
  });

/** Tags are integers and nobody said what they mean. */
export const labelNamesMissing = (file: string, line: number, tag: number) =>
  new NeriumError("DATA_LABEL_NAMES_MISSING", `The tag ${tag} is a number, and numbers have no names here`, {
    where: at(file, line),
    remedy: "Give the names in the order of the numbers, for example labels: [O, B-PER, I-PER].",
  });

/** An integer tag has no place in the list of label names. */
export const labelNumber = (file: string, line: number, tag: number, labels: number) =>
  new NeriumError("DATA_LABEL_NUMBER", `The tag ${tag} has no name: there are ${labels} labels`, {
    where: at(file, line),
    remedy: `Numbers of tags go from 0 to ${labels - 1}: give all labels, in the order of their numbers.`,
  });
