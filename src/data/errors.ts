import { basename, extname } from "node:path";
import { counted } from "../counted.js";
import { NeriumError } from "../errors.js";
import { limits } from "../limits.js";
import type { SpanProblem } from "./spans/spanProblem.js";

/** Quotes text from a file for a message, cut to a short length. */
const quoted = (text: string): string => JSON.stringify(short(text));

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const at = (file: string, line: number): string => `${file}:${line}`;

/** The data file or folder does not exist. */
export const fileMissing = (file: string, cause: unknown) =>
  new NeriumError("DATA_FILE_MISSING", `${kindOf(file)} not found`, {
    where: file,
    remedy:
      file === "-"
        ? "Standard input cannot be used here, because data are read several times. Save it to a file first."
        : "Check the path. Relative paths start at the current folder.",
    cause,
  });

/** What a path names, as far as it shows. */
const kindOf = (path: string): string =>
  /[\\/]$/.test(path) ? "Folder" : extname(path) === "" ? "File or folder" : "File";

/** The folder contains no data files. */
export const fileIsFolder = (file: string) =>
  new NeriumError("DATA_FILE_IS_FOLDER", "The folder contains no data files", {
    where: file,
    remedy: "Give a file, or a folder that contains data files.",
  });

/** The operating system refuses to read the data file, or the file is larger than 2 GiB. */
export const fileUnreadable = (file: string, cause: unknown) =>
  new NeriumError(
    "DATA_FILE_UNREADABLE",
    `Could not read the file: ${cause instanceof Error ? cause.message : cause}`,
    { where: file, remedy: "Check its permissions, and that it is smaller than 2 GiB.", cause },
  );

/** The path is a pipe or a device. Data are read several times, and a pipe only once. */
export const fileNotRegular = (file: string) =>
  new NeriumError("DATA_FILE_NOT_REGULAR", "The path is a pipe or a device, not a regular file", {
    where: file,
    remedy: "Save the data to a file first: they are read more than once.",
  });

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
    remedy: "Write one record per line, or split the file.",
  });

/** A sentence of a file with columns has more words than any sentence: nothing in the file ends sentences. */
export const sentenceTooLong = (file: string, line: number) =>
  new NeriumError(
    "DATA_SENTENCE_TOO_LONG",
    `The sentence has more than ${limits.sentenceWords.toLocaleString("en-US")} words`,
    { where: at(file, line), remedy: "Put an empty line after each sentence." },
  );

/** The spans of a text are inside each other so often that reading them would take hours. */
export const spansNested = (file: string, line: number) =>
  new NeriumError(
    "DATA_SPANS_NESTED",
    `The spans of the text cover more than ${limits.coveredUnits.toLocaleString("en-US")} UTF-16 units together`,
    {
      where: at(file, line),
      remedy: "Divide the text, or remove the spans that are inside of many others.",
    },
  );

/** Nerium does not read files with this extension. */
export const formatUnsupported = (file: string, extension: string) =>
  new NeriumError("DATA_FORMAT_UNSUPPORTED", `Files that end in ${extension} are not read`, {
    where: file,
    remedy:
      'If the extension is wrong, rename the file, or convert it: nerium convert IN OUT.jsonl --from FORMAT. Otherwise save it as CoNLL columns (one word and its tag per line, an empty line after each sentence) or JSON Lines (one {"tokens": […], "ner_tags": […]} per line).',
  });

/** The data file has no bytes, or only a byte order mark. */
export const fileEmpty = (file: string) =>
  new NeriumError("DATA_FILE_EMPTY", "The file is empty", {
    where: file,
    remedy: "Check that it was downloaded or written completely.",
  });

/** The data file has no sentences: for example, it only has blank lines, comments and -DOCSTART- lines. */
export const noSentences = (file: string) =>
  new NeriumError("DATA_NO_SENTENCES", "The file contains no sentences", {
    where: file,
    remedy:
      "Write one word and its tag per line with an empty line after each sentence, or one JSON object with tokens per line.",
  });

/** The data file has NUL bytes: it is an image, an archive, or text in UTF-16 without a byte order mark. */
export const fileBinary = (file: string, line: number, utf16: boolean) =>
  new NeriumError(
    "DATA_FILE_BINARY",
    utf16
      ? "The file is encoded in UTF-16 without a byte order mark"
      : "The file is binary, not text: it contains NUL bytes",
    {
      where: at(file, line),
      remedy: utf16
        ? "Save it as UTF-8."
        : "If it is an archive, unpack it. Otherwise give a text file in UTF-8.",
    },
  );

/** A line of the data file is not valid UTF-8, or not valid UTF-16 although the file has its byte order mark. */
export const encodingInvalid = (file: string, line: number, encoding: "UTF-8" | "UTF-16") =>
  new NeriumError("DATA_ENCODING_INVALID", `The line is not valid ${encoding}`, {
    where: at(file, line),
    remedy: "Save the file as UTF-8 in an editor, or with iconv -f latin1 -t utf-8 OLD > NEW.",
  });

/** A line has more or fewer columns than the first line of the file. */
export const columnCount = (file: string, line: number, found: number, expected: number, first: number) =>
  new NeriumError(
    "DATA_COLUMN_COUNT",
    `The line has ${counted(found, "column")}, but line ${first} has ${counted(expected, "column")}`,
    {
      where: at(file, line),
      remedy:
        "Every line needs the same number of columns. If words contain spaces, separate all columns with tabs.",
    },
  );

/** A column or key that is not there. */
export interface Missing {
  readonly what: "words" | "tokens" | "tags";
  /** The names that were looked for. */
  readonly tried: readonly (string | number)[];
}

/** A phrase such as `no column a or b for the words and no column c for the tags`. */
export const missingText = (kind: "column" | "key", missing: readonly Missing[]): string =>
  missing.map(({ what, tried }) => `no ${kind} ${tried.join(" or ")} for the ${what}`).join(" and ");

/** A phrase such as `Name the columns with --token-column and --tag-column`. */
export const namingText = (kind: "column" | "key", missing: readonly Missing[]): string =>
  `Name the ${kind}${missing.length > 1 ? "s" : ""} with ${missing
    .map(({ what }) => `--${what === "tags" ? "tag" : "token"}-column`)
    .join(" and ")}`;

/** Requested columns are not in the file. */
export const columnsMissing = (file: string, line: number, missing: readonly Missing[], count: number) =>
  new NeriumError(
    missing.some(({ what }) => what === "words") ? "DATA_TOKEN_COLUMN_MISSING" : "DATA_TAG_COLUMN_MISSING",
    `There is ${missingText("column", missing)}: each line has ${counted(count, "column")}`,
    { where: at(file, line), remedy: columnRange(count) },
  );

const columnRange = (count: number): string =>
  count === 1
    ? "Check that it is the right file, and that spaces or tabs separate its columns."
    : `Columns are counted from 0. Give a number from 0 to ${count - 1}.`;

/** A column was given by number for JSON Lines. */
export const columnNumbered = (file: string, column: number) =>
  new NeriumError(
    "DATA_COLUMN_KIND",
    `Column ${column} does not exist: JSON Lines have keys, not numbered columns`,
    {
      where: file,
      remedy: "Give the name of the key, such as tokens or ner_tags.",
    },
  );

/** Columns were given by name for a column file without a line that names them. */
export const columnsNamed = (file: string, columns: readonly string[]) =>
  new NeriumError(
    "DATA_COLUMN_KIND",
    columns.length === 1
      ? `${quoted(columns[0]!)} is not a column number`
      : `${columns.map(quoted).join(" and ")} are not column numbers`,
    {
      where: file,
      remedy:
        "Give the number of the column, counted from 0. If line 1 names the columns, give both names, with --token-column and --tag-column.",
    },
  );

/** The word or the tag of a line is empty. */
export const cellEmpty = (file: string, line: number, what: "token" | "tag") =>
  new NeriumError("DATA_CELL_EMPTY", `The ${what === "tag" ? "tag" : "word"} is empty`, {
    where: at(file, line),
    remedy:
      what === "tag"
        ? "Give the word a tag. Outside of entities, the tag is O."
        : "Add the word, or remove the line.",
  });

/** A line of a JSON Lines file, or a record of a JSON array, is not valid JSON. */
export const jsonInvalid = (file: string, line: number, cause: unknown) =>
  new NeriumError(
    "DATA_JSON_INVALID",
    `Invalid JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : cause}`,
    {
      where: at(file, line),
      remedy: "Write one complete object per line, without commas between objects, or one array from [ to ].",
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
export const keysMissing = (
  file: string,
  line: number,
  missing: readonly Missing[],
  found: readonly string[],
) =>
  new NeriumError(
    "DATA_KEY_MISSING",
    `The object has ${missingText("key", missing)}; its keys are: ${found.slice(0, 8).map(short).join(", ") || "none"}`,
    {
      where: at(file, line),
      remedy: `${namingText("key", missing)}, or rename ${missing.length === 1 ? `it to ${missing[0]!.tried[0]}` : "them"}.`,
    },
  );

/** A sentence does not have one tag for each token. */
export const lengthsDiffer = (file: string, line: number, tokens: number, tags: number) =>
  new NeriumError(
    "DATA_LENGTHS_DIFFER",
    `The sentence has ${counted(tokens, "token")} and ${counted(tags, "tag")}`,
    {
      where: at(file, line),
      remedy: "Give one tag for each token.",
    },
  );

/** Tags are integers, but no names were given for them. */
export const labelNamesMissing = (file: string, line: number, tag: number) =>
  new NeriumError("DATA_LABEL_NAMES_MISSING", `The tag ${tag} is a number, but the labels have no names`, {
    where: at(file, line),
    remedy: "Give the names of the labels in the order of their numbers: --labels O,B-PER,I-PER.",
  });

/** An integer tag is outside the list of label names. */
export const labelNumber = (file: string, line: number, tag: number, labels: number) =>
  new NeriumError(
    "DATA_LABEL_NUMBER",
    `The tag ${tag} is out of range: there ${labels === 1 ? "is only the label 0" : `are ${labels} labels, 0 to ${labels - 1}`}`,
    {
      where: at(file, line),
      remedy: "Give the names of all labels, in the order of their numbers.",
    },
  );

/** Spans do not fit the words, each other or the text, and no policy says what to do about it. */
export const spansUnfit = (problems: readonly SpanProblem[]) => {
  const [first] = problems;
  const { file, line, id } = first!;
  const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
  const offsets = problems.some(({ kind }) => MISCOUNTED.has(kind))
    ? "If the offsets count something else, such as bytes, set --offsets. Otherwise use"
    : "Use";
  return new NeriumError("DATA_SPANS_UNFIT", `${problemText(first!)}${more}`, {
    where: id === undefined ? at(file, line) : `${at(file, line)} (${short(id)})`,
    remedy: `${offsets} --policy split to cut words where such spans begin and end, --policy widen to extend the spans to whole words, or --policy drop to leave them out. nerium convert lists every changed span.`,
  });
};

/** What spans are like if their offsets are not what they were read as. */
const MISCOUNTED: ReadonlySet<SpanProblem["kind"]> = new Set(["outside", "other-text"]);

const WHY: Readonly<Record<SpanProblem["kind"], string>> = {
  empty: "has no text",
  outside: "is outside of the text",
  "other-text": "does not match the text that the file gives for it,",
  discontinuous: "is discontinuous",
  "within-word": "does not start and end at word boundaries",
  overlap: "overlaps",
};

/** Describes in one line what is wrong with a span and what was done about it. */
export function problemText({ kind, type, text, start, end, outcome, other }: SpanProblem): string {
  const what = `${short(type)} ${quoted(text)} (${start}-${end}) ${WHY[kind]}`;
  const against = kind === "overlap" || kind === "other-text" ? (other ?? "") : "";
  const named = kind === "other-text" && against !== "" ? quoted(against) : against;
  const done = {
    refused: "",
    split: ": the word was split",
    dropped: ": dropped",
    widened: `: widened to ${quoted(other ?? "")}`,
  }[outcome];
  return `${[what, named].filter((part) => part !== "").join(" ")}${done}`;
}

/** The format cannot hold something in the data, such as a word with a line break or a type with a space. */
export const cannotHold = (format: string, what: string, text: string, where: string) =>
  new NeriumError("DATA_CANNOT_HOLD", `${format} cannot store ${what}: ${quoted(text)}`, {
    where,
    remedy: "Change the data, or write another format, such as jsonl.",
  });

/** Some tags do not fit the scheme that most tags of the file have. */
export const tagsBad = (
  bad: readonly {
    readonly tag: string;
    readonly count: number;
    readonly file: string;
    readonly line: number;
  }[],
  scheme: string,
) =>
  new NeriumError(
    "DATA_TAGS_BAD",
    `${bad.length === 1 ? "A tag does" : `${bad.length} tags do`} not fit the scheme of the others, ${scheme}: ${bad
      .slice(0, 5)
      .map(({ tag, count, line }) => `${quoted(tag)} (${counted(count, "word")}, first at line ${line})`)
      .join(", ")}${bad.length > 5 ? ", …" : ""}`,
    {
      where: `${bad[0]!.file}:${bad[0]!.line}`,
      remedy:
        "Correct them. Or use --bad-tags O to read them as O, --bad-tags drop to leave out their sentences, --ignore-tags if they mark words that do not count, or --tag-scheme if the scheme is another one.",
    },
  );

/** Unknown format. */
export const formatUnknown = (name: string, names: readonly string[]) =>
  new NeriumError("DATA_FORMAT_UNKNOWN", `Unknown format ${quoted(name)}`, {
    remedy: `Use one of ${names.join(", ")}.`,
  });

/** Some files of a folder contain words and tags, others contain texts. */
export const shapesMixed = (file: string, first: string) =>
  new NeriumError(
    "DATA_SHAPES_MIXED",
    `This file and ${first} differ: one has words and tags, the other has texts`,
    {
      where: file,
      remedy: "Move them to separate folders, or give them one by one.",
    },
  );

/** A brat annotation file has no text file beside it, or a text file has no annotation file. */
export const companionMissing = (file: string, extension: string) =>
  new NeriumError("DATA_COMPANION_MISSING", `The ${extension} file with the same name is missing`, {
    where: file,
    remedy: "Put the text (NAME.txt) and its annotations (NAME.ann) in the same folder.",
  });

/** A line of the data file does not follow the format. */
export const lineInvalid = (file: string, line: number, what: string, remedy: string) =>
  new NeriumError("DATA_LINE_INVALID", what, { where: at(file, line), remedy });

/** The table has no column of words, or no column with the requested name. */
export const tableColumnsMissing = (file: string, missing: readonly Missing[], found: readonly string[]) =>
  new NeriumError(
    "DATA_TABLE_COLUMN_MISSING",
    `The table has ${missingText("column", missing)}; its columns are: ${found.slice(0, 8).map(short).join(", ") || "none"}`,
    {
      where: file,
      remedy: `${namingText("column", missing)}, or rename ${missing.length === 1 ? "it" : "them"}.`,
    },
  );

/** A Parquet or Arrow file is damaged, or uses a feature that is not supported. */
export const tableUnreadable = (file: string, cause: unknown) =>
  new NeriumError(
    "DATA_TABLE_UNREADABLE",
    `Could not read the table: ${cause instanceof Error ? cause.message.slice(0, 200) : cause}`,
    {
      where: file,
      remedy: "Download it again, or write it again with Snappy compression or none.",
      cause,
    },
  );

/** A .spacy file is not a DocBin as spaCy writes it. */
export const docBinInvalid = (file: string, what: string, cause?: unknown) =>
  new NeriumError("DATA_DOCBIN_INVALID", `The file is not a spaCy DocBin: ${what}`, {
    where: file,
    remedy: "Copy it again, or write it again with DocBin.to_disk of spaCy 3 or with spacy convert.",
    cause,
  });

/** A file of predictions to compare has no column of predicted tags. */
export const predictionsMissing = (file: string, count: number) =>
  new NeriumError(
    "DATA_PREDICTIONS_MISSING",
    `Each line has ${counted(count, "column")}, but needs three: word, gold tag and predicted tag`,
    { where: file, remedy: "Create the file with nerium evaluate MODEL FILE --predictions OUT." },
  );

/** Two files of predictions do not contain the same sentences with the same gold tags. */
export const predictionsDiffer = (a: string, b: string) =>
  new NeriumError("DATA_PREDICTIONS_DIFFER", "The two files do not have the same sentences and gold tags", {
    where: `${a} and ${b}`,
    remedy: "Evaluate both models on the same file, with the same columns.",
  });

/** The output's name does not tell which format to write. */
export const formatUnclear = (output: string, candidates: readonly string[]) =>
  new NeriumError("DATA_FORMAT_UNCLEAR", "The format of the output is not clear from its name", {
    where: output,
    remedy: `Add --to ${candidates.slice(0, -1).join(", ")}${candidates.length > 1 ? " or " : ""}${candidates.at(-1)}.`,
  });

/** A file or folder with the output's name already exists. */
export const outputExists = (input: string, output: string) =>
  new NeriumError("DATA_OUTPUT_EXISTS", `The output for ${short(basename(input))} already exists`, {
    where: output,
    remedy: "Choose another name, or add --force to replace it.",
  });

/** There are fewer documents or sentences than parts, or a share is too small for even one of them. */
export const tooFewUnits = (
  file: string,
  units: number,
  unit: string,
  { part, change = "Give larger shares" }: { readonly part: string; readonly change?: string },
) =>
  new NeriumError(
    "DATA_SPLIT_TOO_SMALL",
    `The data has only ${counted(units, `different ${unit.slice(0, -1)}`)}: none is left for ${part}`,
    {
      where: file,
      remedy: `${change} or more data. Documents, texts and equal sentences are never split.`,
    },
  );

/** The label map names an entity type that is not in the data. */
export const labelMapUnknown = (type: string, types: readonly string[]) =>
  new NeriumError("DATA_LABEL_MAP_UNKNOWN", `The data has no entity type ${quoted(type)}`, {
    where: "label_map",
    remedy: `Use the types of the data, without prefixes: ${types.slice(0, 12).map(short).join(", ") || "there are none"}.`,
  });

/** The tags of a file cannot be changed where they are. */
export const editUnsupported = (file: string, what: string, formats: readonly string[]): NeriumError =>
  new NeriumError("DATA_EDIT_UNSUPPORTED", what, {
    where: file,
    remedy: `Convert the file with nerium convert to one of these formats in UTF-8, then search it: ${formats.join(", ")}.`,
  });

/** The tags of a sentence cannot be changed so that the file is read with the new ones. */
export const editFailed = (place: string): NeriumError =>
  new NeriumError("DATA_EDIT_FAILED", "The new tags cannot be written here. The file stays as it is", {
    where: place,
    remedy: "Change the tags in the file with an editor, or convert the file with nerium convert.",
  });
