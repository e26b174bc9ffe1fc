import { columnsMissing, columnsNamed, type Missing } from "../../errors.js";
import { prefixedTag, usualSpelling } from "../../tags/spelling.js";
import { entityColumnMissing, lineEndsOld, wordsAreNumbers } from "../errors.js";
import type { FormatOptions } from "../format.js";
import { isBracketed } from "./bracketedTags.js";
import {
  type EntityTags,
  entityTags,
  namesSentences,
  numbersSentences,
  numbersWords,
} from "./columnKinds.js";
import { columnNames } from "./columnNames.js";
import { type ColumnSample, columnOf } from "./columnSample.js";
import { type UnreadColumn, unreadColumns } from "./unreadColumns.js";

/** What the columns of a file hold. */
export interface ColumnLayout extends Pick<ColumnSample, "split" | "count" | "line" | "header"> {
  /** Lines can have more cells than {@link count}. */
  readonly atLeast: boolean;
  readonly word: number;
  /** `undefined` if there are no tags. */
  readonly tag: number | undefined;
  /** The column that numbers the words. */
  readonly index: number | undefined;
  /** The column that counts the sentences, in a file without empty lines. */
  readonly sentence: number | undefined;
  /** Words have the numbers 1, 2, 3 … and not 1-1, 1-2, 1-3 … */
  readonly numbersPlainly: boolean;
  /** Tags are brackets, as in CoNLL-2012. */
  readonly bracketed: boolean;
  /** What each word begins with that does not belong to it, such as `en:`. */
  readonly prefix: string;
  /** Whether the tag cell of a line that begins with `#` can be a tag. */
  isTag(cell: string): boolean;
  /** True if {@link isTag} only knows the tags of the beginning of the file. */
  readonly guessesTags: boolean;
  /** Columns that are not read. */
  readonly unread: readonly UnreadColumn[];
  /** What was chosen that is not as usual, in whole sentences. */
  readonly notes: readonly string[];
}

/**
 * Finds out what the columns hold, from the first lines.
 *
 * @throws NeriumError DATA_TAG_COLUMN_MISSING, DATA_TOKEN_COLUMN_MISSING, DATA_COLUMN_KIND,
 *   DATA_LINE_INVALID
 */
export function columnLayout(sample: ColumnSample, file: string, options: FormatOptions): ColumnLayout {
  const { split, line, header } = sample;
  if (sample.texts[0]!.includes("\r")) throw lineEndsOld(file, line);
  const notes: string[] = [];
  const note = (text: string) => notes.push(`${file}: ${text}`);
  const ontoNotes = isOntoNotes(sample);
  const count = ontoNotes ? ONTONOTES.least : sample.count;
  const names = header === undefined ? undefined : columnNames(header.cells, options);
  const asked = askedColumns(options, names?.names, file);
  const missing: Missing[] = [];
  if (asked.word !== undefined && asked.word >= count) missing.push({ what: "words", tried: [asked.word] });
  if (asked.tag !== undefined && asked.tag >= count) missing.push({ what: "tags", tried: [asked.tag] });
  if (missing.length > 0) throw columnsMissing(file, line, missing, count);

  const columns = Array.from({ length: count }, (_, index) => columnOf(sample, index));
  const counting = ontoNotes || count < 3 ? -1 : columns.slice(0, -2).findIndex(numbersSentences);
  const sentence = counting === -1 ? undefined : counting;
  const leading = ontoNotes ? 0 : leadingColumns(columns, sentence);
  const index =
    leading > 0 && leading - 1 !== sentence && (sentence !== undefined || numbersWords(columns[leading - 1]!))
      ? leading - 1
      : undefined;
  const kinds = columns.map((column, at) => (at < leading || ontoNotes ? undefined : entityTags(column)));
  const isFirstTag = leading === 0 && count > 1 && kinds.findLastIndex((kind) => kind !== undefined) === 0;
  const usual = ontoNotes
    ? ONTONOTES
    : { word: isFirstTag ? count - 1 : leading, tag: isFirstTag ? 0 : tagColumnOf(kinds, index, count) };
  const word = asked.word ?? names?.word ?? (isFirstTag && (asked.tag ?? 0) > 0 ? 0 : usual.word);
  const tag = asked.tag ?? names?.tag ?? (count === 1 ? undefined : usual.tag);

  if (header !== undefined)
    note(
      `line ${header.line} names the columns: words are in ${header.cells[word]}${tag === undefined ? "" : `, tags in ${header.cells[tag]}`}.`,
    );
  else if (asked.word === undefined && leading > 0 && leading - 1 !== sentence)
    note(
      `column ${leading - 1} ${index === undefined ? "names the sentence or document" : "numbers the words"}; words are read from column ${word} (option tokenColumn).`,
    );
  else if (asked.word === undefined && asked.tag === undefined && isFirstTag)
    note(`column 0 has the tags; words are read from column ${word} (option tokenColumn, option tagColumn).`);
  if (sentence !== undefined)
    note(
      `there are no empty lines, and column ${sentence} counts the sentences: one ends where its number changes.${header === undefined && asked.word === undefined ? ` Words are read from column ${word} (option tokenColumn).` : ""}`,
    );
  if (asked.tag === undefined && names === undefined && !ontoNotes && tag !== undefined) {
    const chosen = tagNote(kinds, tag);
    if (chosen !== undefined) note(chosen);
    else if (kinds[tag] === undefined && isCoreference(columns[tag]!))
      throw entityColumnMissing(file, line, tag);
  }
  if (asked.word === undefined && names === undefined && count > 2 && onlyNumbers(columns[word]!))
    throw wordsAreNumbers(file, line, word);
  const own = tag === undefined ? undefined : (kinds[tag] ?? entityTags(columns[tag]!));
  const prefix = languagePrefix(columns[word]!.flat());
  if (prefix !== "") note(`every word begins with ${prefix}, which is left out.`);
  return {
    split,
    count,
    line,
    ...(header === undefined ? {} : { header }),
    atLeast: ontoNotes,
    word,
    tag,
    index,
    sentence,
    numbersPlainly: index !== undefined && columns[index]!.flat().some((cell) => /^\d+$/.test(cell)),
    bracketed: (ontoNotes && tag === ONTONOTES.tag) || own?.kind === "brackets",
    prefix,
    unread: unreadColumns(count, header?.cells, [word, tag, index, sentence]),
    ...tagTest(own, sample, tag),
    notes,
  };
}

/** CoNLL-2011 and 2012: eleven columns, one for each predicate of the sentence, and coreference. */
const ONTONOTES = { word: 3, tag: 10, least: 11 } as const;

function isOntoNotes({ texts, split }: ColumnSample): boolean {
  const rows = texts.slice(0, 1024).map(split);
  const fits = (cells: readonly string[]) =>
    cells.length >= ONTONOTES.least && /^\d+$/.test(cells[2]!) && isBracketed(cells[ONTONOTES.tag]!);
  return rows.filter(fits).length >= rows.length * 0.9;
}

/** Number of columns before the words: names of sentences and documents, then the number of the word. */
function leadingColumns(columns: readonly Column[], sentence: number | undefined): number {
  const most = columns.length - 2;
  if (sentence !== undefined) {
    const next = columns[sentence + 1]!;
    const sentences = bySentence(columns[sentence]!.flat(), next.flat());
    return sentence + (sentence + 1 < most && numbersWords(sentences) ? 2 : 1);
  }
  let leading = 0;
  while (leading < most && namesSentences(columns[leading]!)) leading++;
  if (leading < most && numbersWords(columns[leading]!)) return leading + 1;
  return leading === 1 && columns[0]!.flat().length >= 6 ? 1 : 0;
}

/** Divides the cells of a column where the number of the sentence changes. */
function bySentence(numbers: readonly string[], cells: readonly string[]): Column {
  const sentences: string[][] = [];
  for (const [at, cell] of cells.entries()) {
    if (at === 0 || numbers[at] !== numbers[at - 1]) sentences.push([]);
    sentences.at(-1)!.push(cell);
  }
  return sentences;
}

type Column = ReturnType<typeof columnOf>;

/** The last column with tags of entities. With numbered words, the first of several: the others are nested in it. */
function tagColumnOf(
  kinds: readonly (EntityTags | undefined)[],
  index: number | undefined,
  count: number,
): number {
  const found = kinds.flatMap((kind, at) => (kind === undefined ? [] : [at]));
  if (found.length === 0) return count - 1;
  return index === undefined && found.at(-1) === count - 1 ? count - 1 : found[0]!;
}

/** Says which column of tags was taken; `undefined` if it is the only one and in its usual place. */
function tagNote(kinds: readonly (EntityTags | undefined)[], tag: number): string | undefined {
  const others = kinds.flatMap((kind, at) => (kind !== undefined && at !== tag ? [at] : []));
  if (others.length > 0)
    return `tags are read from column ${tag}; column ${others.join(", ")} also ${others.length === 1 ? "has" : "have"} tags of entities and ${others.length === 1 ? "is" : "are"} not read (option tagColumn).`;
  return tag === kinds.length - 1 || tag === 0
    ? undefined
    : `tags are read from column ${tag}, because the last column has no tags of entities (option tagColumn).`;
}

const isCoreference = (column: Column): boolean => {
  const cells = column.flat();
  return (
    cells.every((cell) => /^(?:[-_*]|\(?\d+\)?(?:\|\(?\d+\)?)*)$/.test(cell)) &&
    cells.some((cell) => cell.includes("("))
  );
};

/** True for at least six words that are all integers. */
const onlyNumbers = (column: Column): boolean => {
  const cells = column.flat();
  return cells.length >= 6 && cells.every((cell) => /^\d+$/.test(cell));
};

/** WikiANN's `en:Anna`. */
function languagePrefix(words: readonly string[]): string {
  const prefix = /^[a-z]{2,3}(?:-[a-z]+)*:/.exec(words[0] ?? "")?.[0] ?? "";
  return prefix !== "" &&
    words.length > 1 &&
    words.every((word) => word.startsWith(prefix) && word !== prefix)
    ? prefix
    : "";
}

/** Class labels are known from the first lines. They are only a test if these have a line with # that fails it. */
function tagTest(
  kind: EntityTags | undefined,
  sample: ColumnSample,
  tag: number | undefined,
): Pick<ColumnLayout, "isTag" | "guessesTags"> {
  if (kind?.kind === "brackets") return { isTag: isBracketed, guessesTags: false };
  if (kind?.kind === "prefixes") return { isTag: kind.isTag, guessesTags: false };
  const known = new Set(tag === undefined ? [] : columnOf(sample, tag).flat());
  const isTag = (cell: string) =>
    cell === "O" || known.has(cell) || prefixedTag(cell, usualSpelling) !== undefined;
  const guessesTags = tag !== undefined && sample.marked.some((cells) => !isTag(cells[tag]!));
  return { isTag: guessesTags ? isTag : () => true, guessesTags };
}

/** @throws NeriumError DATA_COLUMN_KIND */
function askedColumns(
  { tokenColumn, tagColumn }: FormatOptions,
  names: readonly string[] | undefined,
  file: string,
): { readonly word: number | undefined; readonly tag: number | undefined } {
  const wrong: string[] = [];
  const numberOf = (column: number | string | undefined): number | undefined => {
    if (column === undefined) return undefined;
    const number = typeof column === "string" && /^\d+$/.test(column) ? Number(column) : column;
    const found = typeof number === "string" ? (names ?? []).indexOf(number.toLowerCase()) : number;
    if (!Number.isInteger(found) || found < 0) wrong.push(String(number));
    return found;
  };
  const asked = { word: numberOf(tokenColumn), tag: numberOf(tagColumn) };
  if (wrong.length > 0) throw columnsNamed(file, wrong);
  return asked;
}
