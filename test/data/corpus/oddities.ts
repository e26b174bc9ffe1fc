import type { FileLine, Shape, TextRecord, TextsShape, WordsShape } from "./files.js";
import { entitiesOf, SAMPLES, type Sample, textOf } from "./samples.js";

/** What reading a file must give: the entities of its sentences, or an error with its line. */
export type Answer =
  | { readonly entities: readonly string[]; readonly notes?: readonly RegExp[] }
  | { readonly code: string; readonly line: number };

/** A file and the right answer. */
export interface OddFile {
  readonly bytes: Uint8Array;
  readonly answer: Answer;
}

interface Oddity<S extends Shape> {
  readonly name: string;
  /** Returns `undefined` if there is no such file of this shape. */
  make(shape: S): OddFile | undefined;
}

const PLAIN = SAMPLES.flatMap(entitiesOf);
const bytesOf = (lines: readonly FileLine[], end = "\n"): Buffer =>
  Buffer.from(lines.map(({ text }) => `${text}${end}`).join(""));
const MARK = Buffer.from("\uFEFF");

const linesOf = (shape: Shape, samples: readonly Sample[] = SAMPLES): FileLine[] =>
  shape.holds === "words" ? shape.lines(samples) : shape.lines(samples.map(textOf));

/** The line of a word of a sample. */
function lineOf(lines: readonly FileLine[], sample: number, word?: number): number {
  const at = lines.findIndex(
    (line) => line.sample === sample && (line.word === undefined || word === undefined || line.word === word),
  );
  return at + 1;
}

/** The samples with one word changed. */
const withWord = (sample: number, word: number, text: string): Sample[] =>
  SAMPLES.map((each, index) =>
    index === sample ? { ...each, words: each.words.map((own, at) => (at === word ? text : own)) } : each,
  );

/** The samples with their tags changed. */
const withTags = (
  change: (tag: string, place: { sample: number; word: number; tags: readonly string[] }) => string,
) =>
  SAMPLES.map(({ words, tags }, sample) => ({
    words,
    tags: tags.map((tag, word) => change(tag, { sample, word, tags })),
  }));

/** Oddities of every file. */
const ANY: readonly Oddity<Shape>[] = [
  { name: "nothing odd", make: (shape) => ({ bytes: bytesOf(linesOf(shape)), answer: { entities: PLAIN } }) },
  {
    name: "a byte order mark and Windows line ends",
    make: (shape) => ({
      bytes: Buffer.concat([MARK, bytesOf(linesOf(shape), "\r\n")]),
      answer: { entities: PLAIN },
    }),
  },
  {
    name: "empty lines at the end",
    make: (shape) => ({
      bytes: Buffer.concat([bytesOf(linesOf(shape)), Buffer.from("\n\n\n")]),
      answer: { entities: PLAIN },
    }),
  },
  {
    name: "no line end at the end",
    make: (shape) => ({
      bytes: Buffer.from(bytesOf(linesOf(shape)).toString().trimEnd()),
      answer: { entities: PLAIN },
    }),
  },
  {
    name: "a letter in Latin-1",
    make(shape) {
      const lines = linesOf(shape, withWord(1, 2, "B\u00F6"));
      const bytes = Buffer.from(bytesOf(lines).toString(), "latin1");
      return { bytes, answer: { code: "DATA_ENCODING_INVALID", line: lineOf(lines, 1, 2) } };
    },
  },
  {
    name: "a NUL byte",
    make(shape) {
      const lines = linesOf(shape, withWord(1, 2, "B#o"));
      const bytes = Buffer.from(bytesOf(lines).toString().replace("B#o", "B\0o"));
      return { bytes, answer: { code: "DATA_FILE_BINARY", line: lineOf(lines, 1, 2) } };
    },
  },
  {
    name: "words outside of the Basic Multilingual Plane",
    make(shape) {
      const samples = withWord(0, 1, "\u{1D4D0}\u{1F600}x").map((each, index) =>
        index === 1 ? { ...each, words: ["\u{1F600}\u{1D4D0}", ...each.words.slice(1)] } : each,
      );
      if (shape.holds === "texts") {
        // Texts are split: an emoji is a word of its own.
        const letters = withWord(0, 1, "\u{1D4D0}\u{1D4D0}x");
        return { bytes: bytesOf(linesOf(shape, letters)), answer: { entities: letters.flatMap(entitiesOf) } };
      }
      return { bytes: bytesOf(linesOf(shape, samples)), answer: { entities: samples.flatMap(entitiesOf) } };
    },
  },
];

const tagsFile = (
  shape: WordsShape,
  samples: readonly Sample[],
  answer: Answer = { entities: PLAIN },
): OddFile | undefined => (shape.anyTags ? { bytes: bytesOf(shape.lines(samples)), answer } : undefined);

/** `B`, `M`, `E` or `S`: the place of a word in its entity. */
function place(tags: readonly string[], word: number): "O" | "B" | "M" | "E" | "S" {
  const [tag, next] = [tags[word]!, tags[word + 1] ?? "O"];
  if (tag === "O") return "O";
  const ends = !next.startsWith("I");
  return tag.startsWith("B") ? (ends ? "S" : "B") : ends ? "E" : "M";
}

/** What a file is to the reader of columns if nothing shows that tags are joined to its words. */
const RAGGED: Answer = { code: "DATA_COLUMN_COUNT", line: 2 };

const WORDS: readonly Oddity<WordsShape>[] = [
  {
    name: "one o for O",
    make(shape) {
      const samples = withTags((tag, { sample, word }) => (sample === 2 && word === 4 ? "o" : tag));
      const line = lineOf(shape.lines(samples), 2, 4);
      return tagsFile(shape, samples, { code: "DATA_TAGS_BAD", line });
    },
  },
  {
    name: "one tag without its prefix",
    make(shape) {
      const samples = withTags((tag, { sample, word }) => (sample === 1 && word === 2 ? "PER" : tag));
      return tagsFile(shape, samples, { code: "DATA_TAGS_BAD", line: lineOf(shape.lines(samples), 1, 2) });
    },
  },
  {
    name: "BMES",
    make: (shape) =>
      tagsFile(
        shape,
        withTags((tag, { tags, word }) => (tag === "O" ? tag : `${place(tags, word)}${tag.slice(1)}`)),
      ),
  },
  {
    name: "BILOU with the position behind the type",
    make: (shape) =>
      tagsFile(
        shape,
        withTags((tag, { tags, word }) => {
          const letter = { O: "O", B: "B", M: "I", E: "L", S: "U" }[place(tags, word)];
          return letter === "O" ? letter : `${tag.slice(2)}-${letter}`;
        }),
      ),
  },
  {
    name: "lower case with underscores",
    make(shape) {
      const lower = SAMPLES.map(({ words, tags }) => ({
        words,
        tags: tags.map((tag) => tag.toLowerCase().replace("-", "_")),
      }));
      return tagsFile(shape, lower, {
        entities: PLAIN.map((entity) => entity.replace(/^\w+/, (type) => type.toLowerCase())),
      });
    },
  },
  {
    name: "0 for O",
    make: (shape) =>
      tagsFile(
        shape,
        withTags((tag) => (tag === "O" ? "0" : tag)),
        shape.usualTags
          ? RAGGED
          : { entities: PLAIN, notes: [/No tag is O; "0" is the tag of \d+ of \d+ words and is read as O/] },
      ),
  },
  {
    name: "a word that does not count",
    make(shape) {
      const samples = withTags((tag, { sample, word }) => (sample === 1 && word === 2 ? "-100" : tag));
      return tagsFile(shape, samples, {
        entities: PLAIN.filter((entity) => entity !== "PER Bo"),
        notes: [/1 word has a tag that does not count/],
      });
    },
  },
];

/** Changes the spans of one record. */
const withSpans = (
  shape: TextsShape,
  index: number,
  change: (record: TextRecord) => TextRecord,
): FileLine[] =>
  shape.lines(SAMPLES.map(textOf).map((record, at) => (at === index ? change(record) : record)));

const TEXTS: readonly Oddity<TextsShape>[] = [
  {
    name: "a span behind the end of its text",
    make(shape) {
      const lines = withSpans(shape, 1, ({ text, spans }) => ({
        text,
        spans: [...spans, { type: "LOC", start: text.length + 3, end: text.length + 9 }],
      }));
      return { bytes: bytesOf(lines), answer: { code: "DATA_SPANS_UNFIT", line: lineOf(lines, 1) } };
    },
  },
  {
    name: "a span within a word",
    make(shape) {
      const lines = withSpans(shape, 2, ({ text, spans }) => ({
        text,
        spans: [...spans, { type: "LOC", start: text.indexOf("grew") + 1, end: text.indexOf("grew") + 3 }],
      }));
      return { bytes: bytesOf(lines), answer: { code: "DATA_SPANS_UNFIT", line: lineOf(lines, 2) } };
    },
  },
  {
    name: "spans that overlap",
    make(shape) {
      const lines = withSpans(shape, 2, ({ text, spans }) => ({
        text,
        spans: [...spans, { type: "LOC", start: text.indexOf("Rome"), end: text.indexOf("Rome") + 4 }],
      }));
      return { bytes: bytesOf(lines), answer: { code: "DATA_SPANS_UNFIT", line: lineOf(lines, 2) } };
    },
  },
  {
    name: "the last record cut off",
    make(shape) {
      if (!shape.json) return undefined;
      const lines = shape.lines(SAMPLES.map(textOf));
      const last = lines.findLastIndex(({ sample }) => sample !== undefined);
      const text =
        lines
          .slice(0, last)
          .map((line) => `${line.text}\n`)
          .join("") + lines[last]!.text.slice(0, -12);
      return { bytes: Buffer.from(text), answer: { code: "DATA_JSON_INVALID", line: last + 1 } };
    },
  },
];

/** All files of a shape. */
export function oddFiles(shape: Shape): { readonly name: string; readonly file: OddFile }[] {
  const found = (list: readonly { name: string; file: OddFile | undefined }[]) =>
    list.flatMap(({ name, file }) => (file === undefined ? [] : [{ name, file }]));
  const own =
    shape.holds === "words"
      ? WORDS.map(({ name, make }) => ({ name, file: make(shape) }))
      : TEXTS.map(({ name, make }) => ({ name, file: make(shape) }));
  return found([...ANY.map(({ name, make }) => ({ name, file: make(shape) })), ...own]);
}
