import type { FormatOptions } from "../format.js";

/** Names that files give their columns of words, in lower case. */
export const WORD_NAMES = ["word", "token", "words", "tokens", "form", "text"];

/** Names that files give their columns of tags, in lower case; the first that a file has is taken. */
export const TAG_NAMES = [
  ...["tag", "ner_tag", "ner", "label", "tags", "ner_tags", "labels"],
  ...[
    "ner tag",
    "ner_label",
    "ner_labels",
    "ne",
    "ne_tag",
    "entity",
    "entities",
    "named_entity",
    "iob",
    "bio",
  ],
  ...["iob_tag", "iob_tags", "bio_tag", "bio_tags", "bilou", "bioes", "ne-coarse-lit"],
];

/** Names of columns that hold neither words nor tags. */
const OTHER_NAMES = new Set([
  ...[
    "pos",
    "pos_tag",
    "pos_tags",
    "upos",
    "xpos",
    "lemma",
    "lemmas",
    "chunk",
    "chunk_tag",
    "chunk_tags",
    "feats",
  ],
  ...[
    "id",
    "idx",
    "index",
    "#",
    "n",
    "word_id",
    "token_id",
    "sentence",
    "sentence #",
    "sentence_id",
    "sent_id",
  ],
  ...["sentence id", "doc", "document", "document_id", "doc_id", "start", "end", "begin", "offset", "misc"],
  ...["head", "deprel", "parse", "phrase", "unnamed: 0", "ne-coarse-meto", "ne-fine-lit", "ne-fine-meto"],
  ...["ne-fine-comp", "ne-nested", "nel-lit", "nel-meto"],
]);

/** True for columns that are known to hold no tags of entities. */
export const isOtherName = (name: string): boolean => name === "" || OTHER_NAMES.has(name);

/** The columns that the first line of a file names. */
export interface ColumnNames {
  /** In lower case. */
  readonly names: readonly string[];
  readonly word: number;
  readonly tag: number;
}

/**
 * Returns the columns that a line names; `undefined` if it is a line of data.
 *
 * @param asked the columns that the user asked for: a line that has their names is one that names columns
 */
export function columnNames(
  cells: readonly string[],
  asked: Pick<FormatOptions, "tokenColumn" | "tagColumn"> = {},
): ColumnNames | undefined {
  if (cells.length < 2) return undefined;
  const names = cells.map((cell) => cell.trim().replace(/^"|"$/g, "").toLowerCase());
  const find = (usual: readonly string[], column: number | string | undefined) => {
    const own = typeof column === "string" ? names.indexOf(column.toLowerCase()) : -1;
    if (own >= 0) return own;
    return names.indexOf(usual.find((name) => names.includes(name)) ?? "a name that no column has");
  };
  const [word, tag] = [find(WORD_NAMES, asked.tokenColumn), find(TAG_NAMES, asked.tagColumn)];
  const own = [asked.tokenColumn, asked.tagColumn].map((name) => String(name).toLowerCase());
  const known = names.filter(
    (name) =>
      WORD_NAMES.includes(name) || TAG_NAMES.includes(name) || isOtherName(name) || own.includes(name),
  );
  return word >= 0 && tag >= 0 && word !== tag && known.length * 2 > names.length
    ? { names, word, tag }
    : undefined;
}
