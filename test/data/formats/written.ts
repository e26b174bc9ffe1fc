import type { Content, Format, FormatOptions, WritableFormat } from "../../../src/data/formats/format.js";
import { type Opened, openContent } from "../../../src/data/read/open.js";
import { bytesSource } from "../../../src/data/read/source.js";
import { readTags } from "../../../src/data/tags/readTags.js";
import type { Sentence } from "../../../src/text/sentence.js";
import type { TextDocument } from "../../../src/text/textDocument.js";

/** The files that a format writes, by name; that of a format of one file is called `data`. */
export function filesOf(
  format: WritableFormat,
  items: readonly (Sentence | TextDocument)[],
): Record<string, Buffer> {
  const parts = format.write(items as never, {});
  const files: Record<string, Buffer> = {};
  for (const { file = `data${format.extensions[0]}`, content } of parts)
    files[file] = Buffer.concat([files[file] ?? Buffer.alloc(0), Buffer.from(content)]);
  return files;
}

/** Words, tags and the number of the document. */
export type Row = readonly [words: readonly string[], tags: readonly string[], document: number];

/** The one file that a format writes of some sentences. */
export function fileOf(format: WritableFormat, rows: readonly Row[]): Buffer {
  const items = rows.map(([words, tags, document], line) => ({ words, tags, document, line }));
  const [bytes] = Object.values(filesOf(format, items));
  return bytes!;
}

/** The file that a format is read by: of pairs the one whose extension is the format's. */
export const mainFiles = (format: Format, files: Readonly<Record<string, Buffer>>): string[] =>
  Object.keys(files)
    .filter((file) => format.extensions.some((extension) => file.endsWith(extension)))
    .sort();

export async function read(
  files: Readonly<Record<string, Buffer>>,
  file: string,
  options: FormatOptions & { format?: string } = {},
): Promise<Omit<Opened, "files">> {
  return openContent(bytesSource(files, file), options);
}

function inIob2(sentences: readonly Sentence[]) {
  const read = readTags({ file: "", linesOfWords: false }, sentences, { badTags: "error" });
  return Array.from(read.sentences, ({ words, tags, document }) => ({ words, tags, document }));
}

/** The words and tags in IOB2, or texts and spans, of a content. */
export function plain(content: Content): unknown[] {
  return content.shape === "words"
    ? inIob2([...content.sentences])
    : Array.from(content.documents, ({ text, spans }) => ({ text, spans }));
}
