import type { Span, TextDocument } from "../../../text/textDocument.js";
import { lineInvalid } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { FormatOptions, ReadFormat } from "../format.js";

const SPAN = String.raw`\d+,\d+(?:,\d+,\d+)? [^|\s]+`;
const SPANS = new RegExp(String.raw`^${SPAN}(?:\|${SPAN})*$`);

/**
 * Nested entities as the data of ACE and GENIA are prepared for training: a line of words, if wanted a line of parts
 * of speech, and a line of entities, `0,1 PER|3,5 ORG`, which is empty if there are none. An empty line ends a
 * sentence. Numbers count words from 0. Whether the last word belongs to the entity shows in the file: it does if
 * some entity begins and ends with the same number.
 */
export const wordSpans: ReadFormat = {
  name: "word-spans",
  title: "Words and their entities by number (ACE, GENIA)",
  extensions: [".data", ".txt"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect({ text }) {
    const blocks = text
      .split(/\r?\n[ \t]*\r?\n/, 50)
      .map((block) => block.split(/\r?\n/).filter((line) => line.trim() !== ""))
      .filter(({ length }) => length > 0);
    const whole = blocks.length === 50 ? blocks : blocks.slice(0, Math.max(1, blocks.length - 1));
    return (
      whole.length > 0 &&
      whole.every(({ length }) => length <= 3) &&
      whole.filter(isBlock).length * 2 >= whole.length
    );
  },
  read({ lines, file }, options, leftOut) {
    let inclusive: boolean | undefined;
    return {
      shape: "texts",
      documents: again(function* () {
        inclusive ??= endsInclusive(lines, file, options);
        for (const block of blocksOf(lines, leftOut)) yield documentOf(block, file, inclusive);
      }),
    };
  },
};

const wordsOf = (text: string) => [...text.matchAll(/[^ \t]+/g)];

/** True for a line of words and one of entities that are in it, with a line of as many parts of speech between. */
function isBlock(own: readonly string[]): boolean {
  const last = own.at(-1)?.trim() ?? "";
  if (own.length < 2 || own.length > 3 || !SPANS.test(last)) return false;
  const count = wordsOf(own[0]!).length;
  const fits = spansIn(last).every(
    ({ first, last: end, type }) => first < count && end <= count && first <= end && type !== "O",
  );
  return fits && (own.length === 2 || wordsOf(own[1]!).length === count);
}

interface WordSpan {
  readonly first: number;
  readonly last: number;
  readonly type: string;
}

const spansIn = (text: string): WordSpan[] =>
  text
    .trim()
    .split("|")
    .map((span) => {
      const [places, type] = span.split(" ");
      const [first, last] = places!.split(",").map(Number);
      return { first: first!, last: last!, type: type! };
    });

interface Block {
  readonly words: Line;
  /** `undefined` if there are no entities. */
  readonly spans: Line | undefined;
}

function* blocksOf(lines: Iterable<Line>, leftOut?: LeftOut): Generator<Block> {
  let words: Line | undefined;
  let spans: Line | undefined;
  for (const line of lines) {
    if (line.text.trim() === "") {
      if (words !== undefined) yield { words, spans };
      [words, spans] = [undefined, undefined];
    } else if (words === undefined) words = line;
    else {
      if (!isSpans(line)) leftOut?.detail("line of parts of speech", 1, "lines of parts of speech");
      if (spans === undefined || isSpans(line)) spans = line;
    }
  }
  if (words !== undefined) yield { words, spans };
}

const isSpans = (line: Line): boolean => SPANS.test(line.text.trim());

/** Returns whether the last number of an entity is that of its last word, or of the word behind it. */
function endsInclusive(lines: Iterable<Line>, file: string, { onNote }: FormatOptions): boolean {
  for (const { words, spans } of blocksOf(lines)) {
    if (spans === undefined || !isSpans(spans)) continue;
    const count = wordsOf(words.text).length;
    for (const { first, last } of spansIn(spans.text)) {
      if (first === last) return true;
      if (last === count) return false;
    }
  }
  onNote?.(
    `${file}: no entity shows whether its last word belongs to it; the last number is read as the word behind it.`,
  );
  return false;
}

function documentOf({ words, spans }: Block, file: string, inclusive: boolean): TextDocument {
  const found = wordsOf(words.text);
  const own = spans !== undefined && isSpans(spans) ? spansIn(spans.text) : [];
  const invalid = (line: number, what: string) =>
    lineInvalid(
      file,
      line,
      what,
      "Write START,END TYPE for each entity, with | between them; START and END count words from 0.",
    );
  // A line of parts of speech has as many cells as there are words.
  if (spans !== undefined && !isSpans(spans) && wordsOf(spans.text).length !== found.length)
    throw invalid(spans.number, "The line has neither entities nor a part of speech for each word");
  return {
    text: words.text,
    spans: own.map(({ first, last, type }): Span => {
      const [begin, end] = [found[first], found[inclusive ? last : last - 1]];
      if (begin === undefined || end === undefined || end.index < begin.index)
        throw invalid(spans!.number, `The entity ${first},${last} ${type} is not in the sentence`);
      return { type, start: begin.index, end: end.index + end[0].length };
    }),
    line: words.number,
  };
}
