import { type OptionKinds, requireArgument, requireOptions } from "../../options.js";
import type { Sentence } from "../../text/sentence.js";
import { inBatches } from "../read/batches.js";
import { type OpenOptions, openPath } from "../read/open.js";
import { READING_OPTIONS } from "../read/optionKinds.js";
import { again } from "../read/source.js";
import { toSentences } from "../spans/shapes.js";
import type { SpanProblem } from "../spans/spanProblem.js";
import { badTagNotes, type TagOptions } from "../tags/readTags.js";
import { TagCounts } from "../tags/tagCounts.js";
import { tagReading } from "../tags/tagReading.js";
import { Inspection, type InspectionReport, LONGEST_LIST } from "./inspection.js";
import { type LengthSummary, Lengths } from "./lengths.js";
import { type Finding, Tally } from "./tally.js";

/** Different unknown words that are counted. More of them say nothing new. */
const MOST_UNKNOWN = 10_000;

/** How to read the data, and what else to count. */
export interface InspectOptions extends OpenOptions, Pick<TagOptions, "tagScheme" | "ignoreTags"> {
  /**
   * `tokens` returns the number of tokens of each sentence, `limit` is the most that the model accepts. Both
   * without special tokens. `unknown` returns the indices of the words of each sentence that have a part which the
   * model does not know.
   */
  readonly model?: {
    readonly limit: number;
    tokens(sentences: readonly (readonly string[])[]): Promise<readonly number[]>;
    unknown?(sentences: readonly (readonly string[])[]): Promise<readonly (readonly number[])[]>;
  };
  /** Called for each span that words and tags cannot hold as it is. */
  readonly onProblem?: (problem: SpanProblem) => void;
  /** Called after each batch with the number of sentences so far. */
  readonly onProgress?: (sentences: number) => void;
}

const { badTags: _, ...INSPECT_READING } = READING_OPTIONS;
const INSPECT_OPTIONS: OptionKinds<InspectOptions> = {
  ...INSPECT_READING,
  model: "an object",
  onProgress: "a function",
};

export interface TokenReport {
  /** Most tokens that the model accepts, without special tokens. */
  readonly limit: number;
  /** By split. */
  readonly splits: Readonly<Record<string, TokenSplit>>;
  /** The most frequent words that have a part which the model does not know. */
  readonly unknown: readonly Finding[];
}

interface TokenSplit extends LengthSummary {
  /** Number of sentences with more tokens than the model accepts. */
  readonly tooLong: number;
  /** Number of words that have a part which the model does not know. */
  readonly unknownWords: number;
}

/** What was found in the data: figures of each split, and what looks odd, with the first places. */
export interface PathsReport extends InspectionReport {
  /** Number of spans that words and tags cannot hold as they are. */
  readonly spanProblems: number;
  readonly tokens?: TokenReport;
}

/**
 * Inspects data files without holding them in memory. Each path is a split. Words and tags are read twice,
 * because the tag scheme is only known at the end. If there is much to compare, it goes to a temporary file.
 *
 * @example
 * const { splits, duplicates } = await inspect(["train.conll", "test.conll"]);
 * for (const { name, sentences, entities } of splits) console.log(name, sentences, entities);
 *
 * @throws NeriumError `PACKAGE_…` for arguments and options, `DATA_…` for the files, `FILES_…`
 */
export async function inspectPaths(
  paths: readonly string[],
  options: InspectOptions = {},
): Promise<PathsReport> {
  requireArgument("inspect", "paths", paths, "a list of texts");
  requireOptions("inspect", options, INSPECT_OPTIONS);
  if (options.model !== undefined) {
    requireArgument("inspect", "model.limit", options.model.limit, "a whole number of 0 or more");
    requireArgument("inspect", "model.tokens", options.model.tokens, "a function");
  }
  const inspection = new Inspection();
  try {
    return await inspectedInto(inspection, paths, options);
  } finally {
    inspection.close();
  }
}

async function inspectedInto(
  inspection: Inspection,
  paths: readonly string[],
  options: InspectOptions,
): Promise<PathsReport> {
  const tokens: Record<string, TokenSplit> = {};
  const unknown = new Tally(MOST_UNKNOWN);
  let spanProblems = 0;
  let done = 0;
  let isCounting = false;
  for (const path of paths) {
    const { content, format } = await openPath(path, { ...options, policy: "widen", onProblem: told });
    const sentences: Iterable<Sentence> =
      content.shape === "words"
        ? content.sentences
        : again(() =>
            toSentences(content.documents, {
              file: path,
              policy: "widen",
              onProblem: told,
              onNote: options.onNote,
            }),
          );
    const linesOfWords = format.linesOfWords ?? false;
    const counts = new TagCounts(path, { ...options, linesOfWords });
    isCounting = true;
    // Tags made from spans are always IOB2.
    if (content.shape === "words")
      for await (const batch of inBatches(sentences)) for (const sentence of batch) counts.add(sentence);
    const tags = tagReading(counts, options.tagScheme);
    for (const note of [...tags.notes, ...badTagNotes(tags, "O")]) options.onNote?.(note);
    isCounting = false;
    inspection.begin(path, { format: format.name, tags, linesOfWords });
    const lengths = new Lengths();
    let unknownWords = 0;
    for await (const batch of inBatches(sentences)) {
      for (const sentence of batch) inspection.add(sentence);
      if (options.model !== undefined) {
        const words = batch.map((sentence) => sentence.words);
        for (const length of await options.model.tokens(words)) lengths.add(length);
        for (const [index, found] of ((await options.model.unknown?.(words)) ?? []).entries())
          for (const word of found) {
            const { file = path, line } = batch[index]!;
            unknown.add(words[index]![word]!, () => `${file}:${linesOfWords ? line + word : line}`);
            unknownWords++;
          }
      }
      done += batch.length;
      options.onProgress?.(done);
    }
    if (options.model !== undefined)
      tokens[path] = {
        ...lengths.summary(),
        tooLong: lengths.longerThan(options.model.limit),
        unknownWords,
      };
  }
  function told(problem: SpanProblem): void {
    // Words are read twice.
    if (isCounting || problem.outcome === "split") return;
    spanProblems++;
    options.onProblem?.(problem);
  }
  return {
    ...inspection.report(),
    spanProblems,
    ...(options.model === undefined
      ? {}
      : {
          tokens: {
            limit: options.model.limit,
            splits: tokens,
            unknown: unknown.findings().slice(0, LONGEST_LIST),
          },
        }),
  };
}
