import { NO_TAG, type Sentence, type TagScheme } from "../../text/sentence.js";
import type { Written } from "./format.js";

/** Yields sentences in order. `begins` is true if there are several documents and the sentence begins one. */
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

/** Returns whether the sentences belong to more than one document. */
export function severalDocuments(sentences: Iterable<Pick<Sentence, "document">>): boolean {
  let first: number | undefined;
  for (const { document } of sentences) {
    first ??= document;
    if (document !== first) return true;
  }
  return false;
}

/** What a bootstrap draws: documents, or sentences if there are not several documents. */
export interface DrawnUnits {
  readonly unit: "documents" | "sentences";
  /** The indices of the sentences of each unit. */
  readonly members: readonly (readonly number[])[];
}

/** Returns the units of a bootstrap over sentences. */
export function drawnUnits(sentences: readonly Pick<Sentence, "document">[]): DrawnUnits {
  if (!severalDocuments(sentences)) return { unit: "sentences", members: sentences.map((_, at) => [at]) };
  const members = new Map<number, number[]>();
  for (const [at, { document }] of sentences.entries()) {
    const own = members.get(document);
    if (own === undefined) members.set(document, [at]);
    else own.push(at);
  }
  return { unit: "documents", members: [...members.values()] };
}

/** Returns the scheme of sentences to write: IOB2, or IO for class labels. */
export function writtenScheme(sentences: Iterable<Sentence>): Extract<TagScheme, "IOB2" | "IO"> {
  for (const { tags } of sentences)
    if (tags.some((tag) => tag !== NO_TAG && !/^(O|[BI](-.+)?)$/s.test(tag))) return "IO";
  return "IOB2";
}

/** Returns where a sentence or text comes from, for messages. */
export const placeOf = ({ file, line }: { readonly file?: string; readonly line: number }): string =>
  file === undefined ? `line ${line}` : `${file}:${line}`;

/** Yields the sentences of each document. */
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

/** Yields a JSON array with one element per line. */
export function* jsonArray<T>(items: Iterable<T>, jsonOf: (item: T) => unknown): Generator<Written> {
  let before = "[\n";
  for (const item of items) {
    yield { content: `${before}${JSON.stringify(jsonOf(item))}` };
    before = ",\n";
  }
  yield { content: before === "[\n" ? "[]\n" : "\n]\n" };
}
