import { predictionsDiffer, predictionsMissing } from "./errors.js";
import { columnLines, documentLine } from "./formats/conll.js";
import { separated, severalDocuments } from "./formats/writing.js";
import { openPath } from "./open.js";
import type { Sentence } from "./sentence.js";
import { fileSource } from "./source.js";

/** Words with their gold tags, and the tags that a model gave, in columns as conlleval takes them; documents apart. */
export function* predictionLines(
  sentences: readonly Sentence[],
  predicted: readonly (readonly string[])[],
): Generator<string> {
  const hasSpaces = sentences.some(({ words }) => words.some((word) => word.includes(" ")));
  const delimiter = hasSpaces ? "\t" : " ";
  let index = 0;
  for (const { sentence, begins } of separated(sentences)) {
    if (begins) yield documentLine(2, delimiter);
    yield columnLines(sentence, [sentence.tags, predicted[index++]!], delimiter);
  }
}

/** Sentences with their gold tags and what two models gave, as the files have them. */
export interface PairedPredictions {
  /** Documents, or sentences where the files tell of no documents. */
  readonly units: readonly Readonly<Record<"gold" | "a" | "b", readonly (readonly string[])[]>>[];
  readonly unit: "documents" | "sentences";
  readonly sentences: number;
}

/**
 * Reads two files of the same sentences with gold tags in the last column but one, and predicted tags in the last.
 *
 * @throws NeriumError DATA_PREDICTIONS_MISSING, DATA_PREDICTIONS_DIFFER, and those of CoNLL columns
 */
export async function readPredictionPair(a: string, b: string): Promise<PairedPredictions> {
  const [first, second] = [await readPredictions(a), await readPredictions(b)];
  const different = first.findIndex((sentence, index) => !isSame(sentence, second[index]));
  if (different >= 0 || first.length !== second.length) {
    const at = different >= 0 ? different : first.length;
    const place = (file: string, list: readonly Predicted[]) => `${file}:${list[at]?.gold.line ?? "end"}`;
    throw predictionsDiffer(place(a, first), place(b, second));
  }
  const hasDocuments = severalDocuments(first.map(({ gold }) => gold));
  const units = new Map<number, { gold: string[][]; a: string[][]; b: string[][] }>();
  for (const [index, { gold, predicted }] of first.entries()) {
    const number = hasDocuments ? gold.document : index;
    const unit = units.get(number) ?? { gold: [], a: [], b: [] };
    units.set(number, unit);
    unit.gold.push([...gold.tags]);
    unit.a.push([...predicted]);
    unit.b.push([...second[index]!.predicted]);
  }
  return {
    units: [...units.values()],
    unit: hasDocuments ? "documents" : "sentences",
    sentences: first.length,
  };
}

interface Predicted {
  readonly gold: Sentence;
  readonly predicted: readonly string[];
}

/** Tags stay as the file has them: a scheme of predicted tags can't be told from stray ones. */
async function readPredictions(file: string): Promise<readonly Predicted[]> {
  const columns = columnsOf(file);
  if (columns < 3) throw predictionsMissing(file, columns);
  const read = async (tagColumn: number): Promise<readonly Sentence[]> => {
    const { content } = await openPath(file, { format: "conll", tagColumn });
    return content.shape === "words" ? [...content.sentences] : [];
  };
  const predicted = await read(columns - 1);
  return (await read(columns - 2)).map((gold, index) => ({ gold, predicted: predicted[index]!.tags }));
}

/** Columns of the first line that has several. */
function columnsOf(file: string): number {
  for (const { text } of fileSource(file).lines)
    if (text.trim() !== "") return text.trim().split(text.includes("\t") ? "\t" : /[ \t]+/).length;
  return 0;
}

const isSame = (a: Predicted, b: Predicted | undefined): boolean =>
  b !== undefined &&
  a.gold.document === b.gold.document &&
  JSON.stringify([a.gold.words, a.gold.tags]) === JSON.stringify([b.gold.words, b.gold.tags]);
