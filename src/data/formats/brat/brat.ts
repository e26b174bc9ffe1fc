import { checkTextLength } from "../../../text/index.js";
import type { FiledDocument, Span, TextDocument, TextRange } from "../../../text/textDocument.js";
import { cannotHold, companionMissing, lineInvalid } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Source } from "../../read/source.js";
import { again } from "../../read/source.js";
import { codePointCounter, textsContent } from "../../spans/offsets.js";
import type { TextsFormat, Written } from "../format.js";
import { placeOf } from "../writing.js";

/** True if a text with this identifier gets files of that name. */
const isFileName = (id: string): boolean => /^[\w-][\w.-]{0,99}$/.test(id);

/**
 * brat standoff: each document is a pair of files, the text in NAME.txt and its annotations in NAME.ann. Only
 * entities (`T` lines) are read. Relations, events, attributes and notes are counted and skipped.
 * Entities may be discontinuous. brat splits entities at line breaks; these are joined again here. Offsets
 * count code points.
 *
 * https://brat.nlplab.org/standoff.html
 */
export const brat: TextsFormat = {
  name: "brat",
  title: "brat standoff, .ann and .txt",
  extensions: [".ann"],
  holds: { shape: "texts", overlaps: true, gaps: true, ids: isFileName },
  folder: true,
  mayBeEmpty: true,
  detect: ({ extension, has }) => extension === ".ann" || (extension === ".txt" && has(".ann")),
  read(source, options, leftOut) {
    const text = companion(source, ".txt");
    const annotations = companion(source, ".ann");
    const content = textsContent(
      text.file,
      again(function* () {
        yield documentOf(text, annotations, leftOut);
      }),
      options.offsets,
      "code-points",
    );
    return { ...content, documents: again(() => acrossLines(content.documents)) };
  },
  *write(documents) {
    const names = new Set<string>();
    let number = 0;
    for (const document of documents) {
      const name = nameOf(document, ++number, names);
      yield { file: `${name}.txt`, content: document.text };
      yield* annotationsOf(document, `${name}.ann`);
    }
  },
};

function companion(source: Source, extension: string): Source {
  const found = source.file.toLowerCase().endsWith(extension) ? source : source.companion(extension);
  if (found === undefined) throw companionMissing(source.file, extension);
  return found;
}

/** What the other lines stand for, by their first letter. */
const OTHERS: Readonly<Record<string, string>> = {
  R: "relation",
  "*": "relation",
  E: "event",
  A: "attribute",
  M: "attribute",
  N: "normalization",
  "#": "note",
};

function documentOf(text: Source, annotations: Source, leftOut: LeftOut): FiledDocument {
  // Offsets count line breaks too, so the text is not read by lines.
  let content = "";
  for (const block of text.blocks) {
    content += block.text;
    checkTextLength(content, text.file);
  }
  const spans: FiledDocument["spans"][number][] = [];
  for (const { text: line, number } of annotations.lines) {
    if (line.trim() === "") continue;
    if (!line.startsWith("T")) leftOut.part(OTHERS[line[0]!] ?? "other line");
    else spans.push(spanOf(line, annotations.file, number));
  }
  return { text: content, spans, line: 1, linesOfText: true, file: text.file };
}

const ENTITY = /^T\S*\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?$/;

function spanOf(line: string, file: string, number: number): FiledDocument["spans"][number] {
  const [, type = "", places, surface] = ENTITY.exec(line) ?? [];
  if (places === undefined)
    throw lineInvalid(
      file,
      number,
      "Invalid entity",
      "Write T1, a tab, TYPE START END, a tab, and the text.",
    );
  const ranges = places
    .split(";")
    .map((place): TextRange => {
      const [start, end] = place.split(" ").map(Number);
      return { start: start!, end: end! };
    })
    .sort((a, b) => a.start - b.start);
  // Parts may overlap, and a part may end before it begins. A gap is what no part covers.
  let covered = ranges[0]!.start;
  const gaps: TextRange[] = [];
  for (const { start, end } of ranges) {
    if (start > covered) gaps.push({ start: covered, end: start });
    covered = Math.max(covered, end);
  }
  return {
    type,
    start: ranges[0]!.start,
    end: covered,
    ...(gaps.length === 0 ? {} : { gaps }),
    ...(surface === undefined ? {} : { surface }),
  };
}

/** Joins the parts of entities that are only split at line breaks. */
function* acrossLines(documents: Iterable<TextDocument>): Generator<TextDocument> {
  for (const document of documents) {
    const { text } = document;
    const isBreak = ({ start, end }: TextRange) => /^\s*[\r\n]\s*$/.test(text.slice(start, end));
    const spans = document.spans.map(({ gaps, ...span }): Span => {
      const left = gaps?.filter((gap) => !isBreak(gap)) ?? [];
      return left.length === 0 ? span : { ...span, gaps: left };
    });
    yield { ...document, spans };
  }
}

/**
 * Returns a name for the files of a document that no other document has: its id if that is a valid file name,
 * otherwise a number. A name that is taken gets a suffix.
 */
function nameOf({ id }: TextDocument, number: number, taken: Set<string>): string {
  const own = id !== undefined && isFileName(id) ? id : String(number).padStart(6, "0");
  let name = own;
  for (let more = 2; taken.has(name.toLowerCase()); more++) name = `${own}-${more}`;
  taken.add(name.toLowerCase());
  return name;
}

function* annotationsOf(document: TextDocument, file: string): Generator<Written> {
  const { text, spans } = document;
  const place = codePointCounter(text);
  // An empty .ann file means that there are no entities.
  yield { file, content: "" };
  for (const [index, span] of spans.entries()) {
    if (/\s/.test(span.type)) throw cannotHold("brat", "a type with a space", span.type, placeOf(document));
    const parts = partsOf(span, text);
    const places = parts.map(({ start, end }) => `${place(start)} ${place(end)}`).join(";");
    const surface = parts.map(({ start, end }) => text.slice(start, end)).join(" ");
    yield { file, content: `T${index + 1}\t${span.type} ${places}\t${surface}\n` };
  }
}

/** Returns the parts of a span, split so that no part contains a line break. */
function partsOf({ start, end, gaps = [] }: Span, text: string): TextRange[] {
  const starts = [start, ...gaps.map((gap) => gap.end)];
  const ends = [...gaps.map((gap) => gap.start), end];
  return starts.flatMap((from, index) =>
    [...text.slice(from, ends[index]).matchAll(/[^\r\n]+/g)].map((part) => ({
      start: from + part.index,
      end: from + part.index + part[0].length,
    })),
  );
}
