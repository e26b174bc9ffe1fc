import { writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import {
  attempt,
  isTaken,
  makeFolders,
  prepareOutputFile,
  writeFileAtomically,
  writeFilesInto,
} from "../../files/index.js";
import { type OptionKinds, requireArgument, requireOptions } from "../../options.js";
import type { Sentence } from "../../text/sentence.js";
import { toScheme } from "../../text/tagSchemes.js";
import type { TextDocument } from "../../text/textDocument.js";
import type { WordRules } from "../../text/wordRules.js";
import { formatUnclear, outputExists, spansUnfit } from "../errors.js";
import { conversionLoses } from "../formats/errors.js";
import type {
  Content,
  Format,
  TextsFormat,
  WordsFormat,
  WritableFormat,
  WriteOptions,
  Written,
} from "../formats/format.js";
import { writableFormats, writableNamed } from "../formats/index.js";
import { severalDocuments } from "../formats/writing.js";
import { type CountedLoss, type LeftOut, lossesText } from "../read/leftOut.js";
import { type Opened, type OpenOptions, openPath } from "../read/open.js";
import { READING_OPTIONS, WORD_RULES } from "../read/optionKinds.js";
import { again } from "../read/source.js";
import { fittedSpans } from "../spans/fittedSpans.js";
import type { OffsetChoice } from "../spans/offsetUnit.js";
import { type TextUnit, taggedRanges, toSentences, toTexts } from "../spans/shapes.js";
import type { SpanPolicy, SpanProblem } from "../spans/spanProblem.js";
import { type ReadTags, readTags, type TagOptions } from "../tags/readTags.js";
import { countedDocuments, countedSentences, noCounts, type WrittenCounts } from "./losses.js";

/** How to read the data, and what to write. */
export interface ConvertOptions extends OpenOptions, TagOptions {
  /** Name of the output format. Defaults to the format that the output's extension stands for. */
  readonly to?: string;
  /** Delimiter between the columns of CoNLL output. Defaults to a space. */
  readonly toDelimiter?: string;
  /** What to do with spans that the new format cannot hold. Defaults to `error`. */
  readonly policy?: SpanPolicy;
  /** How texts are split into words. Rules that are not given are found from the spans. */
  readonly words?: Partial<WordRules>;
  /** What to write as one text. Defaults to documents if the data has several, otherwise to sentences. */
  readonly texts?: TextUnit;
  /** Replace the output if it exists. */
  readonly force?: boolean;
  /** Throw an error instead of losing anything that the input has. */
  readonly strict?: boolean;
  /** Called once for every span that does not fit. */
  readonly onProblem?: (problem: SpanProblem) => void;
}

const CONVERT_OPTIONS: OptionKinds<ConvertOptions> = {
  ...READING_OPTIONS,
  words: "an object",
  to: "a text",
  toDelimiter: "a text that is not empty",
  texts: ["sentence", "document"],
  force: "true or false",
  strict: "true or false",
};

/** The result of a conversion. */
export interface Conversion {
  readonly from: string;
  readonly to: string;
  readonly files: number;
  /** Number of sentences or texts written. */
  readonly written: number;
  readonly unit: "sentences" | "texts";
  readonly entities: number;
  /** Number of entities for which words were cut. */
  readonly split: number;
  readonly widened: number;
  readonly dropped: number;
  /** What the input has and the output has not, including dropped entities. */
  readonly lost: readonly CountedLoss[];
  readonly offsets?: OffsetChoice;
}

/**
 * Converts data to another format. Writes the output completely or not at all.
 *
 * @example
 * const { written, entities, dropped } = await convert("label-studio.json", "train.conll", { policy: "widen" });
 *
 * @throws NeriumError `PACKAGE_…` for arguments and options, DATA_SPANS_UNFIT after `onProblem` was called for every problem, DATA_OUTPUT_EXISTS,
 *   DATA_FORMAT_UNCLEAR, DATA_CONVERSION_LOSES, and the errors of reading and writing
 */
export async function convert(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  requireArgument("convert", "input", input, "a text");
  requireArgument("convert", "output", output, "a text");
  requireOptions("convert", options, CONVERT_OPTIONS);
  requireOptions("words", options.words ?? {}, WORD_RULES);
  const to = options.to === undefined ? formatFor(output) : writableNamed(options.to);
  await requireFree(input, output, { kind: isFolder(to) ? "folder" : "file", force: options.force });
  const problems = problemsOnce(options.onProblem);
  const reading = { ...options, onProblem: problems.add };
  const { content, format, files, leftOut } = await openPath(input, reading);
  const counts = noCounts();
  const readable = readableContent(input, { content, format }, options, counts.unwritten);
  const parts = writtenAs(to, readable, { ...options, file: input, report: problems.add, counts });
  const ended = (as: SpanProblem["outcome"]) => problems.all.filter(({ outcome }) => outcome === as).length;
  const lost = () => [...leftOut.all, ...counts.unwritten.all, ...droppedEntities(ended("dropped"))];
  const whole = checked(parts, () => {
    const refused = problems.all.filter(({ outcome }) => outcome === "refused");
    if (refused.length > 0) throw spansUnfit(refused);
    if (options.strict && lost().length > 0) throw conversionLoses(output, lossesText(lost()));
  });
  if (isFolder(to))
    await writeFilesInto(output, (folder) => writeParts(folder, to, whole), {
      writer: "convert",
      replace: options.force ?? false,
      inputs: files,
    });
  else {
    await prepareOutputFile(output, files);
    await writeParts(output, to, whole);
  }
  const { written, entities } = counts;
  return {
    from: format.name,
    to: to.name,
    files: files.length,
    written,
    entities,
    unit: to.holds.shape === "words" ? "sentences" : "texts",
    split: ended("split"),
    widened: ended("widened"),
    dropped: ended("dropped"),
    lost: lost(),
    ...(content.shape === "texts" && content.offsets !== undefined ? { offsets: content.offsets } : {}),
  };
}

const droppedEntities = (count: number): CountedLoss[] =>
  count === 0 ? [] : [{ what: count === 1 ? "entity that does not fit" : "entities that do not fit", count }];

/**
 * Returns the format that a file name's extension stands for.
 *
 * @throws NeriumError DATA_FORMAT_UNCLEAR
 */
export function formatFor(output: string): WritableFormat {
  const extension = extname(output).toLowerCase();
  const candidates = writableFormats.filter(({ extensions }) => extensions[0] === extension);
  const found = candidates.find(({ name }) => `.${name}` === extension) ?? candidates[0];
  if (found !== undefined && (candidates.length === 1 || `.${found.name}` === extension)) return found;
  if (extension === ".txt") return writableNamed("conll");
  throw formatUnclear(
    output,
    (candidates.length > 0 ? candidates : writableFormats).map(({ name }) => name),
  );
}

/** @throws NeriumError DATA_OUTPUT_EXISTS; as {@link isTaken}, with `force` too */
export async function requireFree(
  input: string,
  output: string,
  { kind, force = false }: { readonly kind: "file" | "folder"; readonly force: boolean | undefined },
): Promise<void> {
  if ((await isTaken(output, kind)) && !force) throw outputExists(input, output);
}

/** What a file contains, after its tags have been read. */
export type ReadableContent =
  | Exclude<Content, { readonly shape: "words" }>
  | ({ readonly shape: "words" } & ReadTags);

/**
 * Reads the tags of words. Tags that do not fit the others are read as `O` by default, with a note.
 *
 * @param unwritten counts what becomes of such tags, in each iteration
 * @throws NeriumError DATA_TAGS_BAD
 */
export const readableContent = (
  file: string,
  { content, format }: Pick<Opened, "content" | "format">,
  { badTags = "O", ...options }: TagOptions,
  unwritten?: LeftOut,
): ReadableContent =>
  content.shape === "texts"
    ? content
    : {
        shape: "words",
        ...readTags({ file, linesOfWords: format.linesOfWords ?? false }, content.sentences, {
          ...options,
          badTags,
          ...(unwritten === undefined ? {} : { leftOut: unwritten }),
        }),
      };

interface Writing extends ConvertOptions {
  readonly file: string;
  readonly report: (problem: SpanProblem) => void;
  readonly counts: WrittenCounts;
}

/** Returns the content in a format, as the parts of its file or files. */
export function writtenAs(
  format: WritableFormat,
  content: ReadableContent,
  options: Writing,
): Iterable<Written> {
  const { toDelimiter } = options;
  const writing: WriteOptions = toDelimiter === undefined ? {} : { delimiter: toDelimiter };
  return isForWords(format)
    ? format.write(sentencesFor(content, format, options), writing)
    : format.write(textsFor(content, format, options), writing);
}

/** True if a format consists of sentences of words. */
export const isForWords = (format: WritableFormat): format is WordsFormat => format.holds.shape === "words";

function sentencesFor(
  content: ReadableContent,
  { holds }: WordsFormat,
  { file, policy = "error", words, report, onNote, counts }: Writing,
): Iterable<Sentence> {
  if (content.shape === "texts") {
    const documents = countedDocuments(content.documents, holds, counts.unwritten);
    return counted(
      again(() => toSentences(documents, { file, policy, words, onProblem: report, onNote })),
      ({ tags }) => taggedRanges(tags).length,
      counts,
    );
  }
  const { scheme } = content;
  const sentences = countedSentences(content.sentences, holds, "document", counts.unwritten);
  return counted(sentences, ({ tags }) => taggedRanges(toScheme(tags, scheme, "IOB2")).length, counts);
}

function textsFor(
  content: ReadableContent,
  { holds }: TextsFormat,
  options: Writing,
): Iterable<TextDocument> {
  const { file, policy = "error", report, counts } = options;
  const entities = ({ spans }: TextDocument) => spans.length;
  if (content.shape === "texts")
    return counted(
      again(function* () {
        for (const document of countedDocuments(content.documents, holds, counts.unwritten)) {
          const { spans, problems } = fittedSpans(document, file, holds, policy);
          problems.forEach(report);
          yield { ...document, spans };
        }
      }),
      entities,
      counts,
    );
  const unit = options.texts ?? (severalDocuments(content.sentences) ? "document" : "sentence");
  const sentences = countedSentences(content.sentences, holds, unit, counts.unwritten);
  return counted(
    again(() => toTexts(sentences, content.scheme, unit)),
    entities,
    counts,
  );
}

/** Counts anew in each iteration, because a writer may iterate more than once. */
const counted = <T>(
  items: Iterable<T>,
  entitiesIn: (item: T) => number,
  counts: Writing["counts"],
): Iterable<T> =>
  again(function* () {
    counts.written = 0;
    counts.entities = 0;
    for (const item of items) {
      counts.written++;
      counts.entities += entitiesIn(item);
      yield item;
    }
  });

function problemsOnce(tell: ((problem: SpanProblem) => void) | undefined) {
  const all: SpanProblem[] = [];
  const seen = new Set<string>();
  return {
    all,
    add(problem: SpanProblem) {
      const key = JSON.stringify(problem);
      if (seen.has(key)) return;
      seen.add(key);
      all.push(problem);
      tell?.(problem);
    },
  };
}

/** Yields the parts. Before the output is put in place, `check` may throw. */
function* checked(parts: Iterable<Written>, check: () => void): Generator<Written> {
  yield* parts;
  check();
}

/** About how many characters to write in one call. */
const CHUNK = 2 ** 20;

/** True if a format consists of several files. */
export const isFolder = (format: Format): boolean =>
  format.holds.shape === "texts" && (format as TextsFormat).folder !== undefined;

/** Writes the parts to a file, or into a folder if the format consists of several files. */
export async function writeParts(output: string, format: Format, parts: Iterable<Written>): Promise<void> {
  await attempt(output, "create", () => makeFolders(isFolder(format) ? output : dirname(output)));
  if (!isFolder(format)) return writeFileAtomically(output, inChunks(parts));
  for (const [name, content] of files(parts)) {
    const file = join(output, name);
    await attempt(file, "write", () => writeFile(file, content));
  }
}

function* inChunks(parts: Iterable<Written>): Generator<Uint8Array> {
  let text = "";
  for (const { content } of parts) {
    if (typeof content !== "string") yield content;
    else text += content;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text);
}

/** Yields the files of a folder one by one. */
function* files(parts: Iterable<Written>): Generator<[file: string, content: string]> {
  let name: string | undefined;
  let text = "";
  for (const { file, content } of parts) {
    if (name !== undefined && file !== name) {
      yield [name, text];
      text = "";
    }
    name = file;
    text += typeof content === "string" ? content : Buffer.from(content).toString();
  }
  if (name !== undefined) yield [name, text];
}
