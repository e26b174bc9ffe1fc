import type { Sentence } from "../../../text/sentence.js";
import { columnCount, lineInvalid } from "../../errors.js";
import { Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import { UnreadValues } from "../columns/unreadColumns.js";
import type { FormatOptions, ReadFormat } from "../format.js";
import { type Labelled, WebAnnoEntities } from "./webAnnoEntities.js";
import { columnsBeside, entityColumn, type Layer, layerIn } from "./webAnnoLayers.js";

const FORMAT = "#FORMAT=WebAnno TSV";

/**
 * WebAnno TSV 3, the export of WebAnno and INCEpTION: lines such as `1-2⇥7-13⇥Merkel⇥*[1]⇥PER[1]`, under a header
 * that names the layers. Tokens are words. Entities are read from the layer of named entities or, if there is
 * none, from the only layer of the project's own. Of nested entities the longest is read; entities that begin or
 * end inside of a token are widened to it.
 *
 * https://inception-project.github.io/releases/36.0/docs/user-guide.html#sect_formats_webannotsv3
 */
export const webAnnoTsv: ReadFormat = {
  name: "webanno-tsv",
  title: "WebAnno TSV 3, as INCEpTION exports it",
  extensions: [".tsv"],
  holds: { shape: "words" },
  detect: ({ text }) => text.startsWith(FORMAT),
  read: ({ lines, file }, options, leftOut) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options, leftOut)),
  }),
};

const TOKEN = /^\d+-\d+(\.\d+)?\t/;

/** @throws NeriumError DATA_LINE_INVALID, DATA_COLUMN_COUNT, DATA_TAG_COLUMN_MISSING */
function* sentencesOf(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
  leftOut: LeftOut,
): Generator<Sentence> {
  const documents = new Documents(leftOut);
  const entities = new WebAnnoEntities();
  const layers: Layer[] = [];
  let column: ReturnType<typeof entityColumn> | undefined;
  let unread: UnreadValues | undefined;
  let words: string[] = [];
  let start = 0;
  const sentence = (): Sentence => {
    const read = documents.sentence(words, entities.tags(words.length), start);
    words = [];
    return read;
  };
  for (const { text, number } of lines) {
    const [, part] = TOKEN.exec(text) ?? [undefined, null];
    if (part === null) {
      if (words.length > 0) yield sentence();
      if (text.startsWith(FORMAT) && !text.startsWith(`${FORMAT} 3`))
        throw invalid(file, number, "Only version 3 of WebAnno TSV is read");
      const layer = layerIn(text, layers);
      if (layer !== undefined) layers.push(layer);
      else if (text.trim() !== "" && !text.startsWith("#"))
        throw invalid(file, number, "The line is neither a token nor a comment");
      continue;
    }
    if (column === undefined) {
      column = entityColumn(layers, file, number, options.tagColumn);
      for (const note of column.notes) options.onNote?.(`${file}: ${note}`);
      unread = new UnreadValues(columnsBeside(column, layers));
    }
    const cells = text.split("\t");
    const cell = cells[column.at];
    if (cell === undefined) throw columnCount(file, number, cells.length, column.at + 1, 1);
    const labels = labelsIn(cell, column.type);
    unread?.add(cells);
    if (part !== undefined) {
      entities.addPart(words.length - 1, labels);
      continue;
    }
    const word = unescaped(cells[2]!);
    if (word.trim() === "") throw invalid(file, number, "The token is empty");
    if (words.length === 0) start = number;
    words.push(word);
    entities.add(words.length - 1, labels);
  }
  if (words.length > 0) yield sentence();
  unread?.tell(leftOut);
  entities.tell(leftOut);
  for (const note of entities.notes()) options.onNote?.(`${file}: ${note}`);
}

const invalid = (file: string, line: number, what: string) =>
  lineInvalid(file, line, what, "Export the document again as WebAnno TSV 3.");

/** Reads `PER[1]|LOC`; `*` is an entity without a value, which has the type of the layer if that has no values. */
function labelsIn(cell: string, type: string | undefined): Labelled[] {
  return cell.split(/(?<!\\)\|/).flatMap((label): Labelled[] => {
    const [, value = "", id] = /^([\s\S]*?)(?:(?<!\\)\[(\d+)\])?$/.exec(label) ?? [];
    if (value === "_" || value === "") return [];
    return [
      {
        type: value === "*" ? (type ?? "") : unescaped(value),
        id: id === undefined ? undefined : Number(id),
      },
    ];
  });
}

const SPECIAL: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

const unescaped = (text: string): string =>
  text.replace(/\\(.)/gs, (_, character: string) => SPECIAL[character] ?? character);
