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

/**
 * Changes the tags of one sentence in the bytes of a data file. All else stays as it is: other columns and fields, comments, white
 * space. Only relations of removed entities are removed. Afterwards, the file is read again, and must have the same sentences with the same tags, apart from the changed ones.
 *
 * @param index the sentence, counted in this file
 * @param tags one per word, in the scheme of the data set
 * @throws NeriumError DATA_EDIT_UNSUPPORTED, DATA_EDIT_FAILED, and the errors of reading
 */
export async function editTags(
  bytes: Buffer,
  file: string,
  { index, tags }: { readonly index: number; readonly tags: readonly string[] },
  options: ReadOptions,
): Promise<EditedFile> {
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes))
    throw editUnsupported(file, "The file is not in UTF-8", editableFormats);
  const data = await parseDataset(bytes, file, options);
  const { line } = data.sentences[index]!;
  const changes = await changesOf(text, file, data, { index, tags }, options);
  if (changes === undefined) throw editFailed(`${file}:${line}`);
  const splices = changes.splices.toSorted((a, b) => a.at - b.at);
  const edited = Buffer.from(spliced(text, splices));
  const sentences = data.sentences.map((sentence, at) => (at === index ? { ...sentence, tags } : sentence));
  // Nothing is written that is read otherwise.
  const again = await parseDataset(edited, file, options).catch(() => undefined);
  if (again === undefined || contentOf(again) !== contentOf({ ...data, sentences }))
    throw editFailed(`${file}:${line}`);
  return { bytes: edited, splices, relations: changes.relations };
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

interface Edit {
  readonly index: number;
  readonly tags: readonly string[];
}

async function changesOf(
  text: string,
  file: string,
  data: Dataset,
  edit: Edit,
  options: ReadOptions,
): Promise<SpansEdited | undefined> {
  const source = bytesSource({ [file]: Buffer.from(text) }, file);
  const { content, format } = await openContent(source, {
    ...options,
    onNote: () => {},
    onProblem: () => {},
  });
  const about = { file, text, options };
  if (content.shape === "texts") {
    const editor = TEXTS[format.name];
    if (editor === undefined)
      throw editUnsupported(file, `The format ${format.name} cannot be changed in place`, editableFormats);
    const documents = [...content.documents];
    const place = placeIn(data.sentences, edit.index, documents);
    if (place === undefined) return undefined;
    const before = data.sentences[edit.index]!.tags;
    const spans = (tags: readonly string[]) =>
      spansOf(tags, place.starts, place.ends, documents[place.document]!.text);
    const [old, own] = [spans(before), spans(edit.tags)];
    return editor({
      ...about,
      documents,
      index: place.document,
      offsets: content.offsets,
      removed: without(old, own),
      added: without(own, old),
    });
  }
  const editor = WORDS[format.name];
  if (editor === undefined)
    throw editUnsupported(file, `The format ${format.name} cannot be changed in place`, editableFormats);
  const sentences = [...content.sentences];
  const written = writtenTags(sentences, file, format.linesOfWords ?? false, data, edit, options);
  // Sentences with bad tags may be left out.
  const index = rawIndex(sentences, data.sentences, edit.index);
  if (written === undefined || index === undefined) return undefined;
  const splices = editor({ ...about, sentences, index, tags: written });
  return splices && { splices, relations: 0 };
}

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
  { index, tags }: Edit,
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

/** Finds the words of a sentence in the text of its document. */
function placeIn(
  sentences: readonly Sentence[],
  index: number,
  documents: readonly { readonly text: string }[],
): { readonly document: number; readonly starts: number[]; readonly ends: number[] } | undefined {
  const { document, words } = sentences[index]!;
  // A document without words has no number.
  const withWords = [...documents.keys()].filter((at) => documents[at]!.text.trim() !== "");
  const own = withWords[document - sentences[0]!.document];
  if (own === undefined) return undefined;
  const { text } = documents[own]!;
  let at = 0;
  const next = (word: string): number | undefined => {
    const start = text.indexOf(word, at);
    if (start < 0) return undefined;
    at = start + word.length;
    return start;
  };
  for (const other of sentences.slice(0, index).filter((each) => each.document === document))
    for (const word of other.words) if (next(word) === undefined) return undefined;
  const starts: number[] = [];
  for (const word of words) {
    const start = next(word);
    if (start === undefined) return undefined;
    starts.push(start);
  }
  return { document: own, starts, ends: starts.map((start, word) => start + words[word]!.length) };
}

const spansOf = (
  tags: readonly string[],
  starts: readonly number[],
  ends: readonly number[],
  text: string,
): EditedSpan[] =>
  taggedRanges(tags).map(({ type, first, last }) => ({
    type,
    start: starts[first]!,
    end: ends[last]!,
    text: text.slice(starts[first]!, ends[last]!),
  }));
