import { sha256 } from "../../files/index.js";
import type { Dataset, Sentence } from "../../text/sentence.js";
import { toScheme } from "../../text/tagSchemes.js";
import { editFailed, editUnsupported } from "../errors.js";
import { openContent } from "../read/open.js";
import { parseDataset, type ReadOptions } from "../read/readDataset.js";
import { bytesSource } from "../read/source.js";
import { taggedRanges } from "../spans/shapes.js";
import { readTags } from "../tags/readTags.js";
import { conllCells, csvCells } from "./columns.js";
import type { EditedSpan, Editor, SpansEdit, SpansEdited, WordsEdit } from "./editor.js";
import { jsonTags, labelStudioSpans, recordSpans } from "./json.js";
import { type Splice, spliced } from "./splice.js";

const WORDS: Readonly<Record<string, Editor<WordsEdit, Splice[]>>> = {
  conll: conllCells,
  csv: csvCells,
  jsonl: jsonTags,
};

const TEXTS: Readonly<Record<string, Editor<SpansEdit, SpansEdited>>> = {
  doccano: recordSpans,
  spans: recordSpans,
  "label-studio": labelStudioSpans,
};

/** Names of the formats whose tags can be changed in their files. */
export const editableFormats: readonly string[] = [...Object.keys(WORDS), ...Object.keys(TEXTS)];

/** A file with other tags in one sentence. */
export interface EditedFile {
  readonly bytes: Buffer;
  /** What was replaced. Everything else is as before, byte for byte. */
  readonly splices: readonly Splice[];
  /** Number of relations that were removed, because one of their entities was. */
  readonly relations: number;
}

/** Words of a data file, one after the other, whose tags can be changed. */
export interface EditableWords {
  /** Their tags now, in the scheme of the data set. */
  readonly tags: readonly string[];
  /**
   * Changes the tags in the bytes of the file. All else stays as it is: other columns and fields, comments, white space. Only
   * relations of removed entities are removed. Afterwards, the file is read again, and must have the same words with the same
   * tags, apart from the changed ones.
   *
   * @param tags one per word, in the scheme of the data set
   * @throws NeriumError DATA_EDIT_UNSUPPORTED, DATA_EDIT_FAILED
   */
  withTags(tags: readonly string[]): Promise<EditedFile>;
}

/**
 * Finds words in the bytes of a data file. Their place is counted in words, because where sentences of a text end may depend on its
 * entities. Returns `undefined` if the file has other words there.
 *
 * @param place.first number of words before them in the file
 * @throws NeriumError DATA_EDIT_UNSUPPORTED, and the errors of reading
 */
export async function wordsIn(
  bytes: Buffer,
  file: string,
  { first, words }: { readonly first: number; readonly words: readonly string[] },
  options: ReadOptions,
): Promise<EditableWords | undefined> {
  const text = textOf(bytes, file);
  const data = await parseDataset(bytes, file, options);
  const { sentences } = data;
  // The sentences that the words are in, and the number of words before each of them.
  const own: { readonly index: number; readonly before: number }[] = [];
  let before = 0;
  for (const [index, sentence] of sentences.entries()) {
    const end = before + sentence.words.length;
    if (end > first && before < first + words.length) own.push({ index, before });
    before = end;
  }
  const found = (of: "words" | "tags") => {
    const all = own.flatMap(({ index }) => sentences[index]![of]);
    const skipped = first - (own[0]?.before ?? 0);
    return all.slice(skipped, skipped + words.length);
  };
  if (JSON.stringify(found("words")) !== JSON.stringify(words)) return undefined;
  return {
    tags: found("tags"),
    async withTags(tags) {
      const changed = new Map<number, readonly string[]>();
      for (const { index, before: at } of own) {
        const now = sentences[index]!.tags;
        const other = now.map((tag, word) => tags[at + word - first] ?? tag);
        if (other.some((tag, word) => tag !== now[word])) changed.set(index, other);
      }
      return edited(text, file, data, changed, options);
    },
  };
}

async function edited(
  text: string,
  file: string,
  data: Dataset,
  changed: Changed,
  options: ReadOptions,
): Promise<EditedFile> {
  const [first] = changed.keys();
  const place = `${file}:${data.sentences[first ?? 0]!.line}`;
  const changes = await changesOf(text, file, data, changed, options);
  if (changes === undefined) throw editFailed(place);
  const splices = changes.splices.toSorted((a, b) => a.at - b.at);
  const bytes = Buffer.from(spliced(text, splices));
  const sentences = data.sentences.map((sentence, at) => ({
    ...sentence,
    tags: changed.get(at) ?? sentence.tags,
  }));
  // Nothing is written that is read otherwise.
  const again = await parseDataset(bytes, file, options).catch(() => undefined);
  if (again === undefined || contentOf(again) !== contentOf({ ...data, sentences })) throw editFailed(place);
  return { bytes, splices, relations: changes.relations };
}

/** The words and tags of each document. Where its sentences end may depend on its entities. */
function contentOf({ sentences, scheme }: Dataset): string {
  const documents: { document: number; words: string[]; tags: string[] }[] = [];
  for (const { document, words, tags } of sentences) {
    if (documents.at(-1)?.document !== document) documents.push({ document, words: [], tags: [] });
    const own = documents.at(-1)!;
    own.words.push(...words);
    own.tags.push(...tags);
  }
  return sha256(JSON.stringify([scheme, documents]));
}

/** New tags of sentences, by their index. */
type Changed = ReadonlyMap<number, readonly string[]>;

async function changesOf(
  text: string,
  file: string,
  data: Dataset,
  changed: Changed,
  options: ReadOptions,
): Promise<SpansEdited | undefined> {
  if (changed.size === 0) return { splices: [], relations: 0 };
  const { content, format } = await contentIn(Buffer.from(text), file, options);
  const about = { file, text, options };
  if (content.shape === "texts") {
    const editor = TEXTS[format.name];
    if (editor === undefined) throw notEditable(file, format.name);
    const documents = [...content.documents];
    const [first] = changed.keys();
    const place = documentOf(data.sentences, data.sentences[first!]!.document, documents);
    if (place === undefined) return undefined;
    const tagsOf = (at: number) => data.sentences[at]!.tags;
    const [old, own] = [spansOf(place, tagsOf), spansOf(place, (at) => changed.get(at) ?? tagsOf(at))];
    return editor({
      ...about,
      documents,
      index: place.index,
      offsets: content.offsets,
      removed: without(old, own),
      added: without(own, old),
    });
  }
  const editor = WORDS[format.name];
  if (editor === undefined) throw notEditable(file, format.name);
  const sentences = [...content.sentences];
  const splices: Splice[] = [];
  for (const [at, tags] of changed) {
    const edit = { index: at, tags };
    const written = writtenTags(sentences, file, format.linesOfWords ?? false, data, edit, options);
    // Sentences with bad tags may be left out.
    const index = rawIndex(sentences, data.sentences, at);
    if (written === undefined || index === undefined) return undefined;
    const own = editor({ ...about, sentences, index, tags: written });
    if (own === undefined) return undefined;
    splices.push(...own);
  }
  return { splices, relations: 0 };
}

/**
 * Refuses a file whose tags cannot be changed in place.
 *
 * @throws NeriumError DATA_EDIT_UNSUPPORTED, and the errors of reading
 */
export async function requireEditable(bytes: Buffer, file: string, options: ReadOptions): Promise<void> {
  textOf(bytes, file);
  const { content, format } = await contentIn(bytes, file, options);
  if (!(format.name in (content.shape === "texts" ? TEXTS : WORDS))) throw notEditable(file, format.name);
}

const notEditable = (file: string, format: string) =>
  editUnsupported(file, `The format ${format} cannot be changed in place`, editableFormats);

function textOf(bytes: Buffer, file: string): string {
  const text = bytes.toString("utf8");
  if (Buffer.from(text).equals(bytes)) return text;
  throw editUnsupported(file, "The file is not in UTF-8", editableFormats);
}

/** The content of a file, as it is in it. What it says about itself was said when it was first read. */
const contentIn = (bytes: Buffer, file: string, options: ReadOptions) =>
  openContent(bytesSource({ [file]: bytes }, file), { ...options, onNote: () => {}, onProblem: () => {} });

const without = (some: readonly EditedSpan[], others: readonly EditedSpan[]): EditedSpan[] => {
  const known = new Set(others.map((span) => JSON.stringify(span)));
  return some.filter((span) => !known.has(JSON.stringify(span)));
};

/** The tags of words that change, in the scheme and spelling of the file. `undefined` if a tag cannot be spelled. */
function writtenTags(
  raw: readonly Sentence[],
  file: string,
  linesOfWords: boolean,
  { sentences, scheme: readAs }: Dataset,
  { index, tags }: { readonly index: number; readonly tags: readonly string[] },
  { badTags = "error", onNote: _, ...options }: ReadOptions,
): Map<number, string> | undefined {
  const { reading } = readTags({ file, linesOfWords }, raw, { ...options, badTags });
  const { scheme } = reading;
  const spelled = new Map<string, string>();
  for (const { tags: own } of raw)
    for (const tag of own) {
      const usual = reading.read(tag);
      if (usual !== undefined && !spelled.has(usual)) spelled.set(usual, tag);
    }
  const inFile = (own: readonly string[]) => (readAs === "IO" ? own : toScheme(own, "IOB2", scheme));
  const [before, after] = [inFile(sentences[index]!.tags), inFile(tags)];
  const changed = new Map<number, string>();
  for (const [word, tag] of after.entries()) {
    if (tag === before[word]) continue;
    const own = spelled.get(tag) ?? (reading.spelledUsually ? tag : undefined);
    if (own === undefined) return undefined;
    changed.set(word, own);
  }
  return changed;
}

/** Returns the index of a sentence among those of the file, some of which may have been left out. */
function rawIndex(raw: readonly Sentence[], read: readonly Sentence[], index: number): number | undefined {
  let at = 0;
  for (const [own, { words, line }] of raw.entries()) {
    const sentence = read[at]!;
    if (sentence.line !== line || sentence.words.join("\n") !== words.join("\n")) continue;
    if (at++ === index) return own;
  }
  return undefined;
}

/** A document with the places of its words. */
interface PlacedDocument {
  /** Index among the documents of the file. */
  readonly index: number;
  readonly text: string;
  /** Indices of its sentences in the data. */
  readonly sentences: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Finds the words of the sentences of a document in its text. */
function documentOf(
  sentences: readonly Sentence[],
  document: number,
  documents: readonly { readonly text: string }[],
): PlacedDocument | undefined {
  // A document without words has no number.
  const withWords = [...documents.keys()].filter((at) => documents[at]!.text.trim() !== "");
  const index = withWords[document - sentences[0]!.document];
  if (index === undefined) return undefined;
  const { text } = documents[index]!;
  const own = [...sentences.keys()].filter((at) => sentences[at]!.document === document);
  const [starts, ends]: [number[], number[]] = [[], []];
  for (const word of own.flatMap((at) => sentences[at]!.words)) {
    const start = text.indexOf(word, ends.at(-1) ?? 0);
    if (start < 0) return undefined;
    starts.push(start);
    ends.push(start + word.length);
  }
  return { index, text, sentences: own, starts, ends };
}

/** The entities of a document. They may go on where a sentence ends: then it does not end there once they are in the file. */
const spansOf = (
  { text, sentences, starts, ends }: PlacedDocument,
  tagsOf: (sentence: number) => readonly string[],
): EditedSpan[] =>
  taggedRanges(sentences.flatMap(tagsOf)).map(({ type, first, last }) => ({
    type,
    start: starts[first]!,
    end: ends[last]!,
    text: text.slice(starts[first]!, ends[last]!),
  }));
