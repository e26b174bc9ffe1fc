import type { Sentence } from "../../text/sentence.js";
import { predictionsDiffer, predictionsMissing } from "../errors.js";
import { columnFile } from "../formats/columns/conll.js";
import { narrow } from "../formats/columns/narrow.js";
import { drawnUnits } from "../formats/writing.js";
import { openPath } from "./open.js";
import { fileSource } from "./source.js";

/** Yields lines for conlleval: word, gold tag and predicted tag. Documents and columns are separated as in other CoNLL files. */
export const predictionLines = (
  sentences: readonly Sentence[],
  predicted: readonly (readonly string[])[],
): Iterable<string> => columnFile(sentences, ({ tags }, index) => [tags, predicted[index]!]);

type Tags = readonly (readonly string[])[];

/** Sentences with their gold tags and the predictions of two kinds of models, as they are in the files. */
export interface PairedPredictions {
  /**
   * Documents, or sentences if the files do not have several documents. `a` and `b` have one entry for each
   * file.
   */
  readonly units: readonly {
    readonly gold: Tags;
    readonly a: readonly Tags[];
    readonly b: readonly Tags[];
  }[];
  readonly unit: "documents" | "sentences";
  readonly sentences: number;
}

/**
 * Reads files with the same sentences. The last column has the predicted tags, the one before it the gold
 * tags.
 *
 * @param a files of one kind of model, at least one
 * @param b files of the other kind
 * @throws NeriumError DATA_PREDICTIONS_MISSING, DATA_PREDICTIONS_DIFFER, and the errors of CoNLL columns
 */
export async function readPredictions(
  a: readonly string[],
  b: readonly string[],
): Promise<PairedPredictions> {
  const files = [...a, ...b];
  const runs: (readonly Predicted[])[] = [];
  for (const file of files) {
    const run = await readFile(file);
    const [first = run] = runs;
    const different = first.findIndex((sentence, index) => !isSame(sentence, run[index]));
    if (different >= 0 || first.length !== run.length) {
      const at = different >= 0 ? different : first.length;
      const place = (name: string, list: readonly Predicted[]) => `${name}:${list[at]?.gold.line ?? "end"}`;
      throw predictionsDiffer(place(files[0]!, first), place(file, run));
    }
    runs.push(run);
  }
  const [first] = runs as [readonly Predicted[]];
  const { unit, members } = drawnUnits(first.map(({ gold }) => gold));
  const units = members.map((indices) => {
    const given = runs.map((run) => indices.map((index) => run[index]!.predicted));
    return {
      gold: indices.map((index) => first[index]!.gold.tags),
      a: given.slice(0, a.length),
      b: given.slice(a.length),
    };
  });
  return { units, unit, sentences: first.length };
}

interface Predicted {
  readonly gold: Sentence;
  readonly predicted: readonly string[];
}

/** Tags stay as they are in the file: in predicted tags, another scheme looks the same as stray tags. */
async function readFile(file: string): Promise<readonly Predicted[]> {
  const { columns, delimiter } = layoutOf(file);
  if (columns < 3) throw predictionsMissing(file, columns);
  const read = async (tagColumn: number): Promise<readonly Sentence[]> => {
    const { content } = await openPath(file, { format: "conll", tagColumn, ...delimiter });
    return content.shape === "words" ? [...content.sentences] : [];
  };
  const predicted = await read(columns - 1);
  return (await read(columns - 2)).map((gold, index) => ({ gold, predicted: predicted[index]!.tags }));
}

/** Returns the number of columns in the first line that is not blank, and their delimiter if it is a tab. */
function layoutOf(file: string): { columns: number; delimiter?: { delimiter: string } } {
  for (const { text } of narrow(fileSource(file).lines, file)) {
    if (text.trim() === "") continue;
    if (text.includes("\t"))
      return { columns: text.trim().split("\t").length, delimiter: { delimiter: "\t" } };
    return { columns: text.trim().split(/ +/).length };
  }
  return { columns: 0 };
}

const isSame = (a: Predicted, b: Predicted | undefined): boolean =>
  b !== undefined &&
  a.gold.document === b.gold.document &&
  JSON.stringify([a.gold.words, a.gold.tags]) === JSON.stringify([b.gold.words, b.gold.tags]);
