import type { ReadOptions } from "../../../src/data/index.js";
import { type Sample, type Span, textOf } from "./samples.js";

/** A line of a file, and the sample and word that it is made of. */
export interface FileLine {
  readonly text: string;
  readonly sample?: number;
  /** Of a line with one word. */
  readonly word?: number;
}

interface ShapeFacts {
  readonly name: string;
  /** Name of the file; its extension can decide the format. */
  readonly file: string;
  readonly options?: ReadOptions;
}

/** A corpus or an export that holds words with tags. */
export interface WordsShape extends ShapeFacts {
  readonly holds: "words";
  /** Whether each word is on a line of its own. */
  readonly linesOfWords: boolean;
  /** False if the format has tags of its own, so that files in other schemes do not exist. */
  readonly anyTags: boolean;
  /** The format is only recognised by tags as CoNLL writes them; a file with others is refused. */
  readonly usualTags?: true;
  lines(samples: readonly Sample[]): FileLine[];
}

/** A record of a file of texts. */
export interface TextRecord {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** An export that holds texts with spans. */
export interface TextsShape extends ShapeFacts {
  readonly holds: "texts";
  /** Whether spans can overlap: a format that cannot express it has no such file. */
  readonly offsets: "utf16" | "code-points";
  /** Whether a record says its text and spans only, in JSON. */
  readonly json: boolean;
  lines(records: readonly TextRecord[]): FileLine[];
}

export type Shape = WordsShape | TextsShape;

/** Lines of columns, with an empty line after each sentence. */
function columns(
  samples: readonly Sample[],
  row: (word: string, tag: string, index: number) => string,
  head: (sample: number) => readonly string[] = () => [],
): FileLine[] {
  return samples.flatMap(({ words, tags }, sample) => [
    ...head(sample).map((text) => ({ text })),
    ...words.map((word, index) => ({ text: row(word, tags[index]!, index), sample, word: index })),
    { text: "" },
  ]);
}

const inColumns = (
  name: string,
  file: string,
  row: (word: string, tag: string, index: number) => string,
  more: Partial<Omit<WordsShape, "lines">> & {
    readonly head?: (sample: number) => readonly string[];
    readonly before?: readonly string[];
    /** Tags are brackets, as in CoNLL-2012. */
    readonly bracketed?: true;
  } = {},
): WordsShape => {
  const { head, before = [], bracketed, ...facts } = more;
  return {
    name,
    file,
    holds: "words",
    linesOfWords: true,
    anyTags: true,
    ...facts,
    lines: (samples) => [
      ...before.map((text) => ({ text })),
      ...columns(bracketed ? samples.map(inBrackets) : samples, row, head),
    ],
  };
};

/** `(PER*`, `*)`, `(LOC)` and `*`. */
const inBrackets = ({ words, tags }: Sample): Sample => ({
  words,
  tags: tags.map((tag, at) => {
    const ends = !(tags[at + 1] ?? "O").startsWith("I");
    if (tag === "O") return "*";
    if (tag.startsWith("B")) return ends ? `(${tag.slice(2)})` : `(${tag.slice(2)}*`;
    return ends ? "*)" : "*";
  }),
});

/** One JSON object a line. */
const perLine = <T>(items: readonly T[], record: (item: T, index: number) => unknown): FileLine[] =>
  items.map((item, sample) => ({ text: JSON.stringify(record(item, sample)), sample }));

/** A JSON array with one element a line. */
const array = <T>(items: readonly T[], record: (item: T, index: number) => unknown): FileLine[] => [
  { text: "[" },
  ...perLine(items, record).map((line, index) => ({
    ...line,
    text: line.text + (index < items.length - 1 ? "," : ""),
  })),
  { text: "]" },
];

const inRecords = (
  name: string,
  file: string,
  record: (sample: Sample, index: number) => unknown,
  more: Partial<Omit<WordsShape, "lines">> & { readonly as?: typeof perLine } = {},
): WordsShape => {
  const { as = perLine, ...facts } = more;
  return {
    name,
    file,
    holds: "words",
    linesOfWords: false,
    anyTags: true,
    ...facts,
    lines: (samples) => as(samples, record),
  };
};

/** A span with offsets in code points. */
export function inCodePoints({ text, spans }: TextRecord): readonly Span[] {
  const place = (at: number) => [...text.slice(0, at)].length;
  return spans.map(({ type, start, end }) => ({
    type,
    start: place(start),
    end: end > text.length ? end - text.length + place(text.length) : place(end),
  }));
}

const inTexts = (
  name: string,
  file: string,
  record: (record: TextRecord, spans: readonly Span[], index: number) => unknown,
  more: Partial<Omit<TextsShape, "lines">> & { readonly as?: typeof perLine } = {},
): TextsShape => {
  const { as = perLine, offsets = "code-points", ...facts } = more;
  return {
    name,
    file,
    holds: "texts",
    json: true,
    ...facts,
    offsets,
    lines: (records) =>
      as(records, (each, index) =>
        record(each, offsets === "utf16" ? each.spans : inCodePoints(each), index),
      ),
  };
};

export const recordOf = (sample: Sample): TextRecord => textOf(sample);

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Label Studio's regions. */
const region = ({ type, start, end }: Span, text: string, index: number) => ({
  id: `r${index}`,
  from_name: "label",
  to_name: "text",
  type: "labels",
  value: { start, end, text: text.slice(start, end), labels: [type] },
});

export const SHAPES: readonly Shape[] = [
  inColumns("CoNLL-2003", "eng.train", (word, tag) => `${word} NN B-NP ${tag}`, {
    before: ["-DOCSTART- -X- -X- O", ""],
  }),
  inColumns("CoNLL-2002", "esp.train", (word, tag) => `${word} NC ${tag}`),
  inColumns("two columns", "data.conll", (word, tag) => `${word} ${tag}`),
  inColumns("WNUT-17", "wnut17train.conll", (word, tag) => `${word}\t${tag}`),
  inColumns("columns with tabs", "data.tsv", (word, tag) => `${word}\tNN\t${tag}`),
  inColumns("BIO with blanks", "data.bio", (word, tag) => `${word}   ${tag}`),
  inColumns("CoNLL-U Plus", "data.conllup", (word, tag, index) => `${index + 1}\t${word}\t${tag}`, {
    before: ["# global.columns = ID FORM NER"],
  }),
  {
    name: "Kaggle's CSV",
    file: "ner_dataset.csv",
    holds: "words",
    linesOfWords: true,
    anyTags: true,
    lines: (samples) => [
      { text: "Sentence #,Word,POS,Tag" },
      ...samples.flatMap(({ words, tags }, sample) =>
        words.map((word, index) => ({
          text: `${index === 0 ? `Sentence: ${sample + 1}` : ""},${quoted(word)},NN,${tags[index]}`,
          sample,
          word: index,
        })),
      ),
    ],
  },
  {
    name: "CSV with a number for each sentence",
    file: "data.csv",
    holds: "words",
    linesOfWords: true,
    anyTags: true,
    lines: (samples) => [
      { text: "sentence_id,token,ner_tag" },
      ...samples.flatMap(({ words, tags }, sample) =>
        words.map((word, index) => ({
          text: `${sample},${quoted(word)},${tags[index]}`,
          sample,
          word: index,
        })),
      ),
    ],
  },
  inColumns("GermEval 2014", "NER-de-train.tsv", (word, tag, index) => `${index + 1}\t${word}\t${tag}\tO`, {
    head: (sample) => [`#\thttp://example.org/${sample} [2009-10-17]`],
  }),
  inColumns("MultiCoNER", "en_train.conll", (word, tag) => `${word} _ _ ${tag}`, {
    head: (sample) => [`# id 5239d808-f300-46ea-aa3b-5093040213a${sample}\tdomain=train`],
  }),
  inColumns("NeuroNLP2", "train.conll", (word, tag, index) => `${index + 1} ${word} NNP I-NP ${tag}`),
  inColumns("WikiANN", "train.txt", (word, tag) => `en:${word}\t${tag}`),
  inColumns("columns with names", "data.tsv", (word, tag) => `${word}\tNN\t${tag}`, {
    before: ["word\tpos\tner"],
  }),
  inColumns(
    "CoNLL-U with entities in MISC",
    "data.conllu",
    (word, tag, index) => `${index + 1}\t${word}\t_\tNOUN\t_\t_\t0\troot\t_\tNE=${tag}`,
    { head: (sample) => [`# sent_id = ${sample + 1}`] },
  ),
  inColumns(
    "CoNLL-2012",
    "data.v4_gold_conll",
    (word, tag, index) => {
      const cells = ["doc", "0", String(index), word, "NN", "*", "-", "-", "-", "Speaker", tag, "-"];
      return cells.join("   ");
    },
    {
      anyTags: false,
      before: ["#begin document (doc); part 000"],
      bracketed: true,
    },
  ),
  inColumns("JNLPBA", "Genia4ERtask1.iob2", (word, tag) => `${word}\t${tag}`, {
    before: ["###MEDLINE:95369245", ""],
  }),
  {
    name: "spaCy's IOB",
    file: "train.iob",
    holds: "words",
    linesOfWords: false,
    anyTags: true,
    usualTags: true,
    lines: (samples) =>
      samples.map(({ words, tags }, sample) => ({
        text: words.map((word, index) => `${word}|NN|${tags[index]}`).join(" "),
        sample,
      })),
  },
  {
    name: "CSV with lists",
    file: "sentences.csv",
    holds: "words",
    linesOfWords: false,
    anyTags: true,
    lines: (samples) => [
      { text: "tokens,ner_tags" },
      ...samples.map(({ words, tags }, sample) => ({
        text: `${quoted(JSON.stringify(words))},${quoted(JSON.stringify(tags))}`,
        sample,
      })),
    ],
  },
  inRecords("JSON Lines with tags under another key", "data.jsonl", ({ words, tags }) => ({
    words,
    pos: words.map(() => "NN"),
    ner: tags,
  })),
  inTexts(
    "UBIAI",
    "ubiai.json",
    ({ text }, spans) => ({
      document: text,
      tokens: spans.map(({ type, start, end }) => ({
        text: [...text].slice(start, end).join(""),
        start,
        end,
        entityLabel: type,
      })),
    }),
    { as: array },
  ),
  inTexts("Vertex AI", "vertex.jsonl", ({ text }, spans) => ({
    textContent: text,
    textSegmentAnnotations: spans.map(({ type, start, end }) => ({
      startOffset: start,
      endOffset: end,
      displayName: type,
    })),
  })),
  inRecords("JSON Lines of datasets", "data.jsonl", ({ words, tags }) => ({ tokens: words, ner_tags: tags })),
  inRecords("JSON Lines of words", "train.json", ({ words, tags }) => ({ words, tags })),
  inRecords("JSON array", "data.json", ({ words, tags }, id) => ({ id, tokens: words, tags }), { as: array }),
  inTexts("doccano", "all.jsonl", ({ text }, spans, id) => ({
    id,
    text,
    label: spans.map(({ type, start, end }) => [start, end, type]),
  })),
  inTexts("doccano with relations", "admin.jsonl", ({ text }, spans, id) => ({
    id,
    text,
    relations: [],
    entities: spans.map(({ type, start, end }, index) => ({
      id: index,
      label: type,
      start_offset: start,
      end_offset: end,
    })),
    Comments: [],
  })),
  inTexts(
    "Label Studio",
    "project-1.json",
    ({ text }, spans, id) => ({
      id,
      data: { text },
      annotations: [
        { id, was_cancelled: false, result: spans.map((span, index) => region(span, text, index)) },
      ],
      predictions: [],
    }),
    { as: array, offsets: "utf16" },
  ),
  inTexts(
    "Label Studio JSON-MIN",
    "project-1-min.json",
    ({ text }, spans, id) => ({
      id,
      text,
      label: spans.map(({ type, start, end }) => ({
        start,
        end,
        text: text.slice(start, end),
        labels: [type],
      })),
      annotator: 1,
    }),
    { as: array, offsets: "utf16" },
  ),
  inTexts("Prodigy", "annotations.jsonl", ({ text }, spans) => ({
    text,
    spans: spans.map(({ type, start, end }) => ({ start, end, label: type })),
    answer: "accept",
  })),
  inTexts(
    "spaCy's training texts",
    "train_data.json",
    ({ text }, spans) => [text, { entities: spans.map(({ type, start, end }) => [start, end, type]) }],
    { as: array },
  ),
];
