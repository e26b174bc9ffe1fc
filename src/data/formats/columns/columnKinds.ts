import { outsideOf } from "../../tags/outside.js";
import { prefixedTag, type Spelling, spellingOf } from "../../tags/spelling.js";
import type { CountedTag } from "../../tags/tagCounts.js";
import { isBracketed } from "./bracketedTags.js";

/** The cells of one column, sentence by sentence. */
export type Column = readonly (readonly string[])[];

/** A column of tags has at most as many different ones. */
const MOST_TAGS = 500;

/** Types of chunks: CoNLL-2000's in English, and those of the German and Spanish data of CoNLL. */
const CHUNKS = new Set(
  "NP VP PP ADVP ADJP SBAR PRT CONJP INTJ LST UCP PNP NC VC PC AC AVC VN SN SP SA SV GRUP CP CHUNK".split(
    " ",
  ),
);

/** How the tags of entities look in a column. */
export type EntityTags =
  | { readonly kind: "brackets" }
  | { readonly kind: "prefixes"; isTag(cell: string): boolean };

/**
 * Returns how a column marks entities; `undefined` if its cells are not tags with prefixes and not brackets, or are chunks. Nine of
 * ten cells must be such tags, and one of them must begin an entity.
 */
export function entityTags(column: Column): EntityTags | undefined {
  const counts = countsOf(column);
  if (counts === undefined) return undefined;
  const all = sum(counts);
  const bracketed = counts.filter(({ tag }) => isBracketed(tag));
  if (sum(bracketed) === all && bracketed.some(({ tag }) => tag.startsWith("(")) && hasStar(bracketed))
    return { kind: "brackets" };
  const outside = outsideOf(counts);
  const inside = counts.filter(({ tag }) => tag !== outside);
  const spelling = spellingOf(inside);
  if (spelling === undefined) return undefined;
  const read = inside.filter(({ tag }) => prefixedTag(tag, spelling) !== undefined);
  if (read.length === 0 || sum(read) + (all - sum(inside)) < all * 0.9 || areChunks(read, spelling))
    return undefined;
  return {
    kind: "prefixes",
    isTag: (cell) => cell === outside || cell === "O" || prefixedTag(cell, spelling) !== undefined,
  };
}

const hasStar = (tags: readonly CountedTag[]): boolean => tags.some(({ tag }) => tag.includes("*"));

const sum = (tags: readonly CountedTag[]): number => tags.reduce((total, { count }) => total + count, 0);

function areChunks(tags: readonly CountedTag[], spelling: Spelling): boolean {
  const chunks = tags.filter(({ tag }) => CHUNKS.has(prefixedTag(tag, spelling)!.type.toUpperCase()));
  return sum(chunks) >= sum(tags) * 0.9;
}

/** Counts the cells; `undefined` if there are too many different ones. */
function countsOf(column: Column): readonly CountedTag[] | undefined {
  const counts = new Map<string, number>();
  for (const cells of column)
    for (const cell of cells) {
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
      if (counts.size > MOST_TAGS) return undefined;
    }
  return Array.from(counts, ([tag, count]) => ({ tag, count, file: "", line: 0 }));
}

/** The number of a word in its sentence: `7`, or `3-7` with the sentence before it. */
const numberIn = (cell: string): number =>
  /^(?:\d+-)?\d+$/.test(cell) ? Number(cell.split("-").at(-1)) : Number.NaN;

/** True for a word of several tokens (`3-4`) and a token that is not in the text (`3.1`), as in CoNLL-U. */
export const isRangeOrEmptyNode = (cell: string): boolean => /^\d+[-.]\d+$/.test(cell);

/** True if a column numbers the words, from 0 or 1 in each sentence or on through the file. */
export function numbersWords(column: Column): boolean {
  const cells = column.flat();
  const plain = cells.some((cell) => /^\d+$/.test(cell));
  let before = Number.NaN;
  for (const sentence of column) {
    let isFirst = true;
    for (const cell of sentence) {
      if (plain && isRangeOrEmptyNode(cell)) continue;
      const number = numberIn(cell);
      if (number !== before + 1 && !(isFirst && number <= 1)) return false;
      before = number;
      isFirst = false;
    }
  }
  return column.some(({ length }) => length > 1);
}

/** True if a column counts the sentences of a file without empty lines: each number is that of the line before, or the next. */
export function numbersSentences(column: Column): boolean {
  if (column.length !== 1) return false;
  let sentences = 0;
  let before: { readonly name: string; readonly number: number } | undefined;
  for (const cell of column[0]!) {
    const [, name, number] = /^(.*?)(\d+)$/.exec(cell) ?? [];
    if (name === undefined) return false;
    const step = before === undefined ? 1 : Number(number) - before.number;
    if ((step !== 0 && step !== 1) || (before !== undefined && name !== before.name)) return false;
    sentences += step;
    before = { name, number: Number(number) };
  }
  return sentences > 1 && column[0]!.length >= 2 * sentences;
}

/** True if a column has one value in each sentence, such as the name of its document. */
export function namesSentences(column: Column): boolean {
  const long = column.filter(({ length }) => length > 1);
  const isOne = (cells: readonly string[]) => cells.every((cell) => cell === cells[0]);
  return long.reduce((words, { length }) => words + length, 0) >= 4 && long.every(isOne);
}
