import type { Sentence } from "../../text/index.js";
import { openContent } from "../read/open.js";
import { bytesSource, fileSource } from "../read/source.js";
import type { SourcedText, TextOptions, TextSource } from "./sourcedText.js";

/**
 * Yields the texts of a data file as `readDataset` reads it: sentences or documents with the words that they have there,
 * or texts. Tags and spans are not used.
 *
 * @throws NeriumError as readDataset
 */
export async function* dataTexts(
  { name, file, blocks, bytes }: TextSource,
  { per, column, byDocument, findSpaces, reading, onNote }: TextOptions,
): AsyncGenerator<SourcedText, void, undefined> {
  if (per !== "line") onNote?.(`${name}: --text-per has no effect on a data file`);
  if (column !== undefined) onNote?.(`${name}: --text-column has no effect on a data file`);
  const source = file === undefined ? await inMemory(name, bytes ?? textsIn(blocks)) : fileSource(file);
  const { content } = await openContent(source, { ...reading, ...(onNote && { onNote }) });
  if (content.shape === "texts") for (const { text, line } of content.documents) yield { text, line };
  else {
    const { sentences } = content;
    const asWords = byDocument && hasDocuments(sentences) ? documentsOf(sentences) : singly(sentences);
    const spaced = findSpaces === true && hasSpaces(sentences) ? ({ spaced: true } as const) : {};
    for (const text of asWords) yield { ...text, ...spaced };
  }
}

function* singly(sentences: Iterable<Sentence>): Generator<SourcedText> {
  for (const { words, line, document } of sentences) yield { text: words.join(" "), words, line, document };
}

function hasSpaces(sentences: Iterable<Sentence>): boolean {
  for (const { words } of sentences) if (words.some((word) => word.includes(" "))) return true;
  return false;
}

/** Whether the file says where documents begin. If not, its sentences have nothing to do with each other. */
function hasDocuments(sentences: Iterable<Sentence>): boolean {
  for (const { document } of sentences) if (document > 0) return true;
  return false;
}

function* documentsOf(sentences: Iterable<Sentence>): Generator<SourcedText> {
  let group: Sentence[] = [];
  const joined = (): SourcedText => ({
    text: group.map(({ words }) => words.join(" ")).join("\n"),
    sentences: group.map(({ words }) => words),
    line: group[0]!.line,
    document: group[0]!.document,
  });
  for (const sentence of sentences) {
    if (group.length > 0 && group[0]!.document !== sentence.document) {
      yield joined();
      group = [];
    }
    group.push(sentence);
  }
  if (group.length > 0) yield joined();
}

async function* textsIn(blocks: TextSource["blocks"]): AsyncGenerator<string> {
  for await (const { text } of blocks) yield text;
}

async function inMemory(name: string, chunks: AsyncIterable<Uint8Array | string>) {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return bytesSource({ [name]: Buffer.concat(parts) }, name);
}
