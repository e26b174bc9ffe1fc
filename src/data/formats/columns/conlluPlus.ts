import type { Sentence } from "../../../text/sentence.js";
import { cannotHold, cellEmpty, columnCount, lineInvalid, tableColumnMissing } from "../../errors.js";
import { Documents } from "../../read/documents.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { placeOf, separated } from "../writing.js";

const COLUMNS = "# global.columns =";
const TAG_COLUMN = /(?:^|[:_-])(?:NER?|NER_?TAGS?|ENTITY|ENTITIES|LABEL)$/i;

/**
 * CoNLL-U Plus: the first line names the columns, as in `# global.columns = ID FORM UPOS NER`, and single
 * tabs separate them. Unless options name other columns, words are in FORM, and tags in the first column
 * whose name is or ends with `NER`, `NE`, `NER_TAGS`, `ENTITY`, `ENTITIES` or `LABEL`. `_` and `*` mean no
 * tag. Lines of multi-word tokens (`3-4`) and empty nodes (`3.1`) are skipped. `# newdoc` begins a document.
 *
 * https://universaldependencies.org/ext-format.html
 */
export const conlluPlus: WordsFormat = {
  name: "conllu-plus",
  title: "CoNLL-U Plus",
  extensions: [".conllup"],
  holds: { shape: "words" },
  linesOfWords: true,
  detect: ({ extension, text }) => extension === ".conllup" || text.startsWith(COLUMNS),
  read: ({ lines, file }, options) => ({
    shape: "words",
    sentences: again(() => sentencesOf(lines, file, options)),
  }),
  *write(sentences) {
    let tagged: boolean | undefined;
    for (const { sentence, begins } of separated(sentences)) {
      const isFirst = tagged === undefined;
      tagged ??= sentence.tags.length > 0;
      if (isFirst) yield { content: `${COLUMNS} ID FORM${tagged ? " NER" : ""}\n` };
      if (begins) yield { content: "# newdoc\n" };
      yield { content: `${linesOf(sentence).join("\n")}\n\n` };
    }
  },
};

function linesOf(sentence: Sentence): string[] {
  return sentence.words.map((word, index) => {
    const cells = [String(index + 1), word, ...sentence.tags.slice(index, index + 1)];
    const wrong = cells.find((cell) => /[\t\r\n]/.test(cell));
    if (wrong !== undefined)
      throw cannotHold("CoNLL-U Plus", "tabs and line breaks", wrong, placeOf(sentence));
    return cells.join("\t");
  });
}

interface Columns {
  readonly count: number;
  readonly id: number;
  readonly form: number;
  /** -1 if there are no tags. */
  readonly tag: number;
}

function* sentencesOf(lines: Iterable<Line>, file: string, options: FormatOptions): Generator<Sentence> {
  const documents = new Documents();
  let columns: Columns | undefined;
  let words: string[] = [];
  let tags: string[] = [];
  let start = 0;
  for (const { text, number } of lines) {
    if (text.trim() === "") {
      if (words.length > 0) yield documents.sentence(words, tags, start);
      words = [];
      tags = [];
    } else if (columns === undefined) {
      if (!text.startsWith(COLUMNS))
        throw lineInvalid(
          file,
          number,
          "The first line must name the columns",
          `Start the file with a line such as: ${COLUMNS} ID FORM NER`,
        );
      columns = columnsOf(text, file, options);
    } else if (isComment(text, columns)) {
      if (/^#\s*newdoc\b/.test(text)) documents.startDocument();
    } else {
      const cells = text.split("\t");
      if (cells.length !== columns.count) throw columnCount(file, number, cells.length, columns.count, 1);
      if (columns.id >= 0 && !/^\d+$/.test(cells[columns.id]!)) continue;
      const word = cells[columns.form]!;
      if (word === "") throw cellEmpty(file, number, "token");
      if (words.length === 0) start = number;
      words.push(word);
      if (columns.tag < 0) continue;
      const tag = cells[columns.tag]!;
      if (tag === "") throw cellEmpty(file, number, "tag");
      tags.push(tag === "_" || tag === "*" ? "O" : tag);
    }
  }
  if (words.length > 0) yield documents.sentence(words, tags, start);
}

/** If the first column is the ID, a line that begins with `#` cannot be a word. */
const isComment = (text: string, { id, count }: Columns): boolean =>
  text.startsWith("#") && (id === 0 || text.split("\t").length !== count);

function columnsOf(line: string, file: string, { tokenColumn, tagColumn }: FormatOptions): Columns {
  const names = line.slice(COLUMNS.length).trim().split(/\s+/);
  const named = (column: number | string) =>
    typeof column === "number" ? (column < names.length ? column : -1) : names.indexOf(column);
  const form = named(tokenColumn ?? "FORM");
  if (form < 0) throw tableColumnMissing(file, "words", [String(tokenColumn ?? "FORM")], names);
  const tag = tagColumn === undefined ? names.findIndex((name) => TAG_COLUMN.test(name)) : named(tagColumn);
  if (tagColumn !== undefined && tag < 0) throw tableColumnMissing(file, "tags", [String(tagColumn)], names);
  return { count: names.length, id: names.indexOf("ID"), form, tag };
}
