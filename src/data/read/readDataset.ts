import { requireArgument, requireOptions } from "../../options.js";
import type { Dataset } from "../../text/sentence.js";
import type { WordRules } from "../../text/wordRules.js";
import { spansUnfit } from "../errors.js";
import { toSentences } from "../spans/shapes.js";
import type { SpanPolicy, SpanProblem } from "../spans/spanProblem.js";
import { readTags, type TagOptions } from "../tags/readTags.js";
import { type Formats, type Opened, type OpenOptions, openContent, openPath } from "./open.js";
import { READING_OPTIONS, WORD_RULES } from "./optionKinds.js";
import { bytesSource } from "./source.js";

/** How to read a data file. */
export interface ReadOptions extends OpenOptions, TagOptions {
  /** What to do with spans that do not fit words. Defaults to `error`. */
  readonly policy?: SpanPolicy;
  /** How texts are split into words. Rules that are not given are found from the spans. */
  readonly words?: Partial<WordRules>;
  /** Called for each of these spans, unless the policy is `error`, and for each for which words were cut. */
  readonly onProblem?: (problem: SpanProblem) => void;
}

/**
 * Reads a data file in any of the formats, or all data files of a folder. The format is detected from name
 * and content. Tags in any scheme and spelling are returned in IOB2. Class labels without prefixes stay
 * as they are, with the scheme `IO`. Tags that do not fit the others are an error by default. Sentences of files without tags have empty `tags`. Texts with spans
 * become words with tags.
 *
 * @example
 * const { sentences } = await readDataset("train.conll");
 * for (const { words, tags, line } of sentences) console.log(line, words, tags);
 *
 * @throws NeriumError `PACKAGE_…` for arguments and options, DATA_FILE_MISSING, DATA_FILE_IS_FOLDER, DATA_FILE_UNREADABLE, DATA_FORMAT_UNSUPPORTED,
 *   DATA_FILE_EMPTY, DATA_NO_SENTENCES, DATA_SPANS_UNFIT, DATA_TAGS_BAD, and the errors of the formats
 */
export async function readDataset(path: string, options: ReadOptions = {}): Promise<Dataset> {
  requireArgument("readDataset", "path", path, "a text");
  requireOptions("readDataset", options, { ...READING_OPTIONS, words: "an object" });
  requireOptions("words", options.words ?? {}, WORD_RULES);
  return datasetOf(path, (reading) => openPath(path, reading), options);
}

/** Reads data as {@link readDataset} does, with the formats of its files as far as they are known. */
export const readFormatted = (path: string, formats: Formats, options: ReadOptions): Promise<Dataset> =>
  datasetOf(path, (reading) => openPath(path, reading, formats), options);

/** Reads a data set from the bytes of a file. `file` is used to detect the format and in error messages. */
export async function parseDataset(
  bytes: Uint8Array,
  file: string,
  options: ReadOptions = {},
): Promise<Dataset> {
  const source = bytesSource({ [file]: bytes }, file);
  return datasetOf(file, (reading) => openContent(source, reading), options);
}

async function datasetOf(
  file: string,
  open: (reading: OpenOptions) => Promise<Pick<Opened, "content" | "format">>,
  { policy = "error", badTags = "error", words, onProblem, ...options }: ReadOptions,
): Promise<Dataset> {
  const refused: SpanProblem[] = [];
  const report = (problem: SpanProblem): void => {
    if (problem.outcome === "refused") refused.push(problem);
    else onProblem?.(problem);
  };
  const { content, format } = await open({ ...options, policy, onProblem: report });
  if (content.shape === "words") {
    const held = [...content.sentences];
    if (refused.length > 0) throw spansUnfit(refused);
    const data = { file, linesOfWords: format.linesOfWords ?? false };
    const { sentences, scheme } = readTags(data, held, { ...options, badTags });
    return { file, sentences: [...sentences], scheme };
  }
  const { onNote } = options;
  const sentences = [...toSentences(content.documents, { file, policy, words, onProblem: report, onNote })];
  if (refused.length > 0) throw spansUnfit(refused);
  return { file, sentences, scheme: "IOB2" };
}
