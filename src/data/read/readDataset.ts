import type { Dataset, Sentence } from "../../text/sentence.js";
import { recognisedScheme, toScheme } from "../../text/tagSchemes.js";
import { spansUnfit } from "../errors.js";
import type { Content } from "../formats/format.js";
import { toSentences } from "../spans/shapes.js";
import type { SpanPolicy, SpanProblem } from "../spans/spanProblem.js";
import { type OpenOptions, openContent, openPath } from "./open.js";
import { bytesSource } from "./source.js";

/** How to read a data file. */
export interface ReadOptions extends OpenOptions {
  /** What to do with spans that do not fit words. Defaults to `error`. */
  readonly policy?: SpanPolicy;
  /** Called for each of these spans, unless the policy is `error`. */
  readonly onProblem?: (problem: SpanProblem) => void;
}

/**
 * Reads a data file in any of the formats, or all data files of a folder. The format is detected from name
 * and content. Tags in IOB1, IOB2, IOBES and BILOU are returned in IOB2. Class labels without prefixes stay
 * as they are, with the scheme `IO`. Sentences of files without tags have empty `tags`. Texts with spans
 * become words with tags.
 *
 * @example
 * const { sentences } = await readDataset("train.conll");
 * for (const { words, tags, line } of sentences) console.log(line, words, tags);
 *
 * @throws NeriumError DATA_FILE_MISSING, DATA_FILE_IS_FOLDER, DATA_FILE_UNREADABLE, DATA_FORMAT_UNSUPPORTED,
 *   DATA_FILE_EMPTY, DATA_NO_SENTENCES, DATA_SPANS_UNFIT, and the errors of the formats
 */
export async function readDataset(path: string, options: ReadOptions = {}): Promise<Dataset> {
  const { content } = await openPath(path, options);
  return datasetOf(path, content, options);
}

/** Reads a data set from the bytes of a file. `file` is used to detect the format and in error messages. */
export async function parseDataset(
  bytes: Uint8Array,
  file: string,
  options: ReadOptions = {},
): Promise<Dataset> {
  const { content } = await openContent(bytesSource({ [file]: bytes }, file), options);
  return datasetOf(file, content, options);
}

function datasetOf(file: string, content: Content, { policy = "error", onProblem }: ReadOptions): Dataset {
  const problems: SpanProblem[] = [];
  const report = policy === "error" ? (problem: SpanProblem) => problems.push(problem) : onProblem;
  const sentences = [
    ...(content.shape === "words"
      ? content.sentences
      : toSentences(content.documents, { file, policy, onProblem: (problem) => report?.(problem) })),
  ];
  if (problems.length > 0) throw spansUnfit(problems);
  return inIob2(file, sentences);
}

function inIob2(file: string, sentences: readonly Sentence[]): Dataset {
  const found = recognisedScheme(sentences.map(({ tags }) => tags));
  if (found === "IO" || found === "IOB2") return { file, sentences, scheme: found };
  return {
    file,
    sentences: sentences.map((sentence) => ({ ...sentence, tags: toScheme(sentence.tags, found, "IOB2") })),
    scheme: "IOB2",
  };
}
