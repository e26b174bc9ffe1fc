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
  { name, file, blocks }: TextSource,
  { per, column, byDocument, onNote }: TextOptions,
): AsyncGenerator<SourcedText, void, undefined> {
  if (per !== "line") onNote?.(`${name}: --text-per has no effect on a data file`);
  if (column !== undefined) onNote?.(`${name}: --text-column has no effect on a data file`);
  const source = file === undefined ? await inMemory(name, blocks) : fileSource(file);
  const { content } = await openContent(source, onNote === undefined ? {} : { onNote });
  if (content.shape === "texts") for (const { text, line } of content.documents) yield { text, line };
  else if (byDocument && hasDocuments(content.sentences)) yield* documentsOf(content.sentences);
  else
    for (const { words, line, document } of content.sentences)
      yield { text: words.join(" "), words, line, document };
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

async function inMemory(name: string, blocks: TextSource["blocks"]) {
  const parts: Buffer[] = [];
  for await (const { text } of blocks) parts.push(Buffer.from(text));
  return bytesSource({ [name]: Buffer.concat(parts) }, name);
}
