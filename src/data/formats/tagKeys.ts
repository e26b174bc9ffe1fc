/** Usual keys and columns of words and tags. */
export const WORDS = ["tokens", "words"];
export const TAGS = ["ner_tags", "tags"];

/** Other names for them, which are taken if their values are lists. */
export const OTHER_WORDS = ["token", "word", "tokenized_text", "text", "sentence"];
export const OTHER_TAGS = ["labels", "ner", "ner_labels", "label", "ner_tag", "tag", "bio_tags", "entities"];

/** Lists with one value per word that are not entities, though they may look like tags. */
const GRAMMAR = /pos|chunk|dep|lemma|morph|upos|xpos|id/i;

const TAG = /^(?:O|[BIESLUMW]|[BIESLUMW][-_:/.|+~].+|.+[-_][BIESLUMW])$/s;

type Json = Readonly<Record<string, unknown>>;

const isWord = (value: unknown): value is string => typeof value === "string" && value !== "";
const isNumber = (value: unknown): boolean => typeof value === "bigint" || Number.isInteger(value);

export const isListOfWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isWord);

/** True if a record has a list of words, and so is no text. */
export const hasWords = (record: Json | undefined): boolean =>
  record !== undefined &&
  typeof record.text !== "string" &&
  [...WORDS, ...OTHER_WORDS].some((key) => isListOfWords(record[key]));

/** Where the tags of a record are, if not under a usual key. */
export interface OtherTags {
  /** A list that is taken: it has a known name, or it is the only one that looks like tags. */
  readonly key: string | undefined;
  /** Lists that may be tags: they have one value per word. */
  readonly candidates: readonly string[];
}

/** Looks for tags of some words in the other fields of a record. */
export function otherTags(record: Json, words: readonly string[]): OtherTags {
  const lists = Object.entries(record).filter(
    (entry): entry is [string, unknown[]] =>
      Array.isArray(entry[1]) &&
      entry[1] !== words &&
      entry[1].length === words.length &&
      words.length > 0 &&
      (entry[1].every(isWord) || entry[1].every(isNumber)),
  );
  const isAlike = (list: readonly unknown[]) =>
    list.every((value) => typeof value === "string" && TAG.test(value));
  const named = OTHER_TAGS.find((name) =>
    lists.some(([key, list]) => key === name && (list.length > 1 || isAlike(list) || isNumber(list[0]))),
  );
  const alike = lists.filter(([key, list]) => !GRAMMAR.test(key) && isAlike(list));
  return {
    key: named ?? (alike.length === 1 ? alike[0]![0] : undefined),
    candidates: lists.map(([key]) => key),
  };
}

const SPANS = [
  "spans",
  "entities",
  "ents",
  "mentions",
  "annotations",
  "entity_mentions",
  "ner",
  "labels",
  "label",
];

/** Returns the key of a list of spans that nothing reads, because the record also has words. */
export const unreadSpans = (record: Json): string | undefined =>
  SPANS.find((key) => {
    const list = record[key];
    return (
      Array.isArray(list) &&
      list.length > 0 &&
      list.every((item) => typeof item === "object" && item !== null)
    );
  });

/** Says that tags were found under a key that is not a usual one. */
export const tagKeyNote = (file: string, key: string): string => `${file}: the tags are read from ${key}`;

/** Says that no tags are read, though there are lists that may be tags. */
export const noTagsNote = (file: string, candidates: readonly string[]): string =>
  `${file}: no tags are read. ${candidates.length === 1 ? `${candidates[0]} has` : `${candidates.join(", ")} have`} one value per word; to read ${candidates.length === 1 ? "it" : "one of them"} as tags, use option tagColumn with ${candidates[0]}`;
