import type { Sentence } from "../../text/sentence.js";
import { SchemeRecogniser } from "../../text/tagSchemes.js";
import { inBatches } from "../read/batches.js";
import { type OpenOptions, openPath } from "../read/open.js";
import { again } from "../read/source.js";
import type { SpanProblem } from "../spans/fittedSpans.js";
import { toSentences } from "../spans/shapes.js";
import { Inspection, type InspectionReport } from "./inspection.js";
import { type LengthSummary, Lengths } from "./lengths.js";

export interface InspectOptions extends OpenOptions {
  /** Gives the number of sub-tokens of each sentence, and what the model takes, special tokens not counted. */
  readonly model?: {
    readonly limit: number;
    pieces(sentences: readonly (readonly string[])[]): Promise<readonly number[]>;
  };
  /** Told of the spans of texts that words and tags cannot hold; all others are inspected. */
  readonly onProblem?: (problem: SpanProblem) => void;
  /** Called now and then with the number of sentences so far. */
  readonly onProgress?: (sentences: number) => void;
}

export interface PieceReport {
  /** Sub-tokens that the model takes, special tokens not counted. */
  readonly limit: number;
  /** By split. */
  readonly splits: Readonly<Record<string, LengthSummary & { readonly tooLong: number }>>;
}

export interface PathsReport extends InspectionReport {
  /** Spans of texts that words cannot hold. */
  readonly spanProblems: number;
  readonly pieces?: PieceReport;
}

/**
 * Looks at data files, each a split of its own, without holding them in memory: each is gone through twice, as the scheme
 * of its tags shows at its end only. What is compared goes to a temporary file where it is much.
 *
 * @throws NeriumError as openPath and the formats, `FILES_…`
 */
export async function inspectPaths(
  paths: readonly string[],
  options: InspectOptions = {},
): Promise<PathsReport> {
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
  const pieces: Record<string, LengthSummary & { tooLong: number }> = {};
  let spanProblems = 0;
  let done = 0;
  for (const path of paths) {
    const { content, format } = await openPath(path, options);
    const sentences: Iterable<Sentence> =
      content.shape === "words"
        ? content.sentences
        : again(() => toSentences(content.documents, { file: path, policy: "widen", onProblem: told }));
    const recogniser = new SchemeRecogniser();
    // Of words whose tags are made of spans the scheme is known.
    if (content.shape === "words")
      for await (const batch of inBatches(sentences)) for (const { tags } of batch) recogniser.add(tags);
    const { scheme } = recogniser;
    inspection.begin(path, { format: format.name, scheme, linesOfWords: format.linesOfWords ?? false });
    const lengths = new Lengths();
    for await (const batch of inBatches(sentences)) {
      for (const sentence of batch) inspection.add(sentence);
      if (options.model !== undefined)
        for (const length of await options.model.pieces(batch.map(({ words }) => words))) lengths.add(length);
      done += batch.length;
      options.onProgress?.(done);
    }
    if (options.model !== undefined)
      pieces[path] = { ...lengths.summary(), tooLong: lengths.longerThan(options.model.limit) };
  }
  function told(problem: SpanProblem): void {
    spanProblems++;
    options.onProblem?.(problem);
  }
  return {
    ...inspection.report(),
    spanProblems,
    ...(options.model === undefined ? {} : { pieces: { limit: options.model.limit, splits: pieces } }),
  };
}
