import type { Sentence } from "../../text/sentence.js";
import type { Written } from "./format.js";

/** Sentences in order, each with whether it begins a document where there are several. */
export function* separated(
  sentences: Iterable<Sentence>,
): Generator<{ readonly sentence: Sentence; readonly begins: boolean }> {
  const several = severalDocuments(sentences);
  let document: number | undefined;
  for (const sentence of sentences) {
    yield { sentence, begins: several && sentence.document !== document };
    document = sentence.document;
  }
}

/** True where not all sentences are of one document. */
export function severalDocuments(sentences: Iterable<Sentence>): boolean {
  let first: number | undefined;
  for (const { document } of sentences) {
    first ??= document;
    if (document !== first) return true;
  }
  return false;
}

/** Where a sentence or a text comes from, for messages. */
export const placeOf = ({ file, line }: { readonly file?: string; readonly line: number }): string =>
  file === undefined ? `line ${line}` : `${file}:${line}`;

/** The sentences of each document. */
export function* documentsOf(sentences: Iterable<Sentence>): Generator<readonly Sentence[]> {
  let own: Sentence[] = [];
  for (const sentence of sentences) {
    if (own.length > 0 && own[0]!.document !== sentence.document) {
      yield own;
      own = [];
    }
    own.push(sentence);
  }
  if (own.length > 0) yield own;
}

/** A JSON array with one element a line. */
export function* jsonArray<T>(items: Iterable<T>, jsonOf: (item: T) => unknown): Generator<Written> {
  let before = "[\n";
  for (const item of items) {
    yield { content: `${before}${JSON.stringify(jsonOf(item))}` };
    before = ",\n";
  }
  yield { content: before === "[\n" ? "[]\n" : "\n]\n" };
}
