import type { Sentence } from "../../../text/sentence.js";
import { cannotHold, lineInvalid, type Missing, tableColumnsMissing } from "../../errors.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { placeOf, separated } from "../writing.js";
import { type ConlluColumns, conlluSentences } from "./conlluSentences.js";

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
  read: ({ lines, file }, options, leftOut) => ({
    shape: "words",
    sentences: again(function* () {
      const columns = namedColumns(lines, file, options);
      if (columns !== undefined) yield* conlluSentences(lines, file, columns, leftOut);
    }),
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

/** Reads the first line, which names the columns. */
function namedColumns(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
): ConlluColumns | undefined {
  for (const { text, number } of lines) {
    if (text.trim() === "") continue;
    if (text.startsWith(COLUMNS)) return columnsOf(text, file, options);
    throw lineInvalid(
      file,
      number,
      "The first line must name the columns",
      `Start the file with a line such as: ${COLUMNS} ID FORM NER`,
    );
  }
  return undefined;
}

function columnsOf(line: string, file: string, { tokenColumn, tagColumn }: FormatOptions): ConlluColumns {
  const names = line.slice(COLUMNS.length).trim().split(/\s+/);
  const named = (column: number | string) =>
    typeof column === "number" ? (column < names.length ? column : -1) : names.indexOf(column);
  const form = named(tokenColumn ?? "FORM");
  const missing: Missing[] = form < 0 ? [{ what: "words", tried: [tokenColumn ?? "FORM"] }] : [];
  const tag = tagColumn === undefined ? names.findIndex((name) => TAG_COLUMN.test(name)) : named(tagColumn);
  if (tagColumn !== undefined && tag < 0) missing.push({ what: "tags", tried: [tagColumn] });
  if (missing.length > 0) throw tableColumnsMissing(file, missing, names);
  const tagOf = (cell: string) => (cell === "_" || cell === "*" ? "O" : cell);
  return { names, id: names.indexOf("ID"), form, tag, tagOf };
}
