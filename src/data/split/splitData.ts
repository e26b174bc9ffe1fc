import { join } from "node:path";
import { counted } from "../../counted.js";
import { writeFilesInto } from "../../files/index.js";
import type { Dataset, Sentence, TagScheme } from "../../text/sentence.js";
import { splitSentences } from "../../text/splitSentences.js";
import { splitWords } from "../../text/splitWords.js";
import { toScheme } from "../../text/tagSchemes.js";
import type { TextDocument } from "../../text/textDocument.js";
import {
  isFolder,
  type ReadableContent,
  readableContent,
  requireFree,
  writeParts,
  writtenAs,
} from "../convert/convert.js";
import { noCounts } from "../convert/losses.js";
import { tooFewUnits } from "../errors.js";
import type { Format, WritableFormat } from "../formats/format.js";
import { writableNamed } from "../formats/index.js";
import { severalDocuments } from "../formats/writing.js";
import { type OpenOptions, openPath } from "../read/open.js";
import { again } from "../read/source.js";
import { taggedRanges } from "../spans/shapes.js";
import type { TagOptions } from "../tags/readTags.js";
import { type GroupedParts, groupedParts, type UnitSentence } from "./groups.js";
import type { SplitUnit } from "./split.js";

export interface SplitOptions extends OpenOptions, TagOptions {
  /** Shares of the parts; they need not sum to 1. Two give train and validation, three also test. */
  readonly ratios: readonly number[];
  readonly seed: number;
  /** Name of the format to write. Defaults to the format of the input. */
  readonly to?: string;
  readonly force?: boolean;
}

export interface SplitPart {
  readonly name: string;
  readonly path: string;
  readonly sentences: number;
  readonly entities: ReadonlyMap<string, number>;
}

export const PART_NAMES = ["train", "validation", "test"] as const;

/**
 * Splits data into parts that have similar shares of every entity type, and writes them to a folder. If the
 * data has several documents, each document stays in one part. Equal and nearly equal sentences are in the same part, unless too
 * many are alike, which a note says.
 *
 * @throws NeriumError DATA_OUTPUT_EXISTS, DATA_SPLIT_TOO_SMALL, and the errors of reading and writing
 */
export async function splitData(
  input: string,
  output: string,
  options: SplitOptions,
): Promise<{
  readonly format: string;
  readonly unit: "documents" | "sentences" | "texts";
  readonly parts: readonly SplitPart[];
}> {
  await requireFree(input, output, { kind: "folder", force: options.force });
  const opened = await openPath(input, options);
  const format = writableNamed(options.to ?? opened.format.name);
  const { units, unit, sentences, partOf } = unitsOf(readableContent(input, opened, options));
  const { ratios, seed } = options;
  const names = PART_NAMES.slice(0, ratios.length);
  const divided = groupedParts(units, sentences, { ratios, seed, single: unit === "sentences" });
  requireAll(names, input, unit, divided);
  const { parts: part, apart } = divided;
  if (apart > 0)
    options.onNote?.(
      `${counted(apart, "sentence is in another part as well, or differs", "sentences are in another part as well, or differ")} from one there only in case, numbers or punctuation: too many sentences are alike to keep them together`,
    );
  await writeFilesInto(
    output,
    async (folder) => {
      for (const [index, name] of names.entries())
        await writePart(join(folder, fileName(name, format)), format, partOf(part, index), input);
    },
    {
      writer: "data-split",
      replace: options.force ?? false,
      inputs: opened.files,
      ...(isFolder(format) ? {} : { expected: names.map((name) => fileName(name, format)) }),
    },
  );
  return {
    format: format.name,
    unit,
    parts: names.map((name, index) => ({
      name,
      path: join(output, fileName(name, format)),
      ...totalsOf(units.filter((_, at) => part[at] === index)),
    })),
  };
}

/** @throws NeriumError DATA_SPLIT_TOO_SMALL if a part is empty */
function requireAll(
  names: readonly string[],
  file: string,
  unit: string,
  { parts, groups }: GroupedParts,
  change?: string,
): void {
  const empty = names.findIndex((_, index) => !parts.includes(index));
  if (empty >= 0) throw tooFewUnits(file, groups, unit, { part: names[empty]!, ...(change && { change }) });
}

const fileName = (name: string, format: Format): string =>
  isFolder(format) ? name : `${name}${format.extensions[0]}`;

function writePart(
  path: string,
  format: WritableFormat,
  content: ReadableContent,
  input: string,
): Promise<void> {
  const options = { file: input, report: () => {}, counts: noCounts() };
  return writeParts(path, format, writtenAs(format, content, options));
}

function totalsOf(units: readonly SplitUnit[]) {
  const entities = new Map<string, number>();
  let sentences = 0;
  for (const unit of units) {
    sentences += unit.size;
    for (const [type, count] of unit.entities) entities.set(type, (entities.get(type) ?? 0) + count);
  }
  return { sentences, entities };
}

interface Units {
  readonly units: readonly SplitUnit[];
  readonly unit: "documents" | "sentences" | "texts";
  readonly sentences: Iterable<UnitSentence>;
  /** Returns the content that belongs to a part. */
  partOf(part: Int32Array, index: number): ReadableContent;
}

function unitsOf(content: ReadableContent): Units {
  if (content.shape === "texts")
    return {
      unit: "texts",
      units: Array.from(content.documents, ({ spans }) => ({
        size: 1,
        entities: tally(spans.map(({ type }) => type)),
      })),
      sentences: sentencesOfTexts(content.documents),
      partOf: (part, index) => ({
        shape: "texts",
        documents: filtered(content.documents, part, index, (_, at) => at),
      }),
    };
  const { sentences, scheme } = content;
  const { units, unit, numberOf } = sentenceUnits(sentences, scheme);
  return {
    unit,
    units,
    sentences: numbered(sentences, { unit, numberOf }),
    partOf: (part, index) => ({ ...content, sentences: filtered(sentences, part, index, numberOf) }),
  };
}

function sentenceUnits(sentences: Iterable<Sentence>, scheme: TagScheme) {
  const unit = severalDocuments(sentences) ? ("documents" as const) : ("sentences" as const);
  const numberOf = (sentence: Sentence, at: number) => (unit === "documents" ? sentence.document : at);
  const units: { size: number; entities: Map<string, number> }[] = [];
  let at = 0;
  for (const sentence of sentences) {
    const own = units[numberOf(sentence, at)] ?? { size: 0, entities: new Map<string, number>() };
    units[numberOf(sentence, at++)] = own;
    own.size++;
    for (const { type } of taggedRanges(toScheme(sentence.tags, scheme, "IOB2")))
      own.entities.set(type, (own.entities.get(type) ?? 0) + 1);
  }
  return { units, unit, numberOf };
}

const numbered = (
  sentences: Iterable<Sentence>,
  { unit, numberOf }: Pick<ReturnType<typeof sentenceUnits>, "unit" | "numberOf">,
): Iterable<UnitSentence> =>
  again(function* () {
    let at = 0;
    const whole = unit === "sentences";
    for (const sentence of sentences) yield { unit: numberOf(sentence, at++), words: sentence.words, whole };
  });

/** Yields the sentences of each text, as training splits it. */
const sentencesOfTexts = (documents: Iterable<TextDocument>): Iterable<UnitSentence> =>
  again(function* () {
    let unit = 0;
    for (const { text } of documents) {
      const sentences = [...splitSentences(splitWords(text), text)];
      for (const words of sentences)
        yield { unit, words: words.map((word) => word.text), whole: sentences.length === 1 };
      unit++;
    }
  });

function tally(types: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

const filtered = <T>(
  items: Iterable<T>,
  part: Int32Array,
  index: number,
  numberOf: (item: T, at: number) => number,
): Iterable<T> =>
  again(function* () {
    let at = 0;
    for (const item of items) if (part[numberOf(item, at++)] === index) yield item;
  });

/**
 * Divides a data set into parts of equal size, stratified by entity type, and returns the part of each sentence. Documents, and
 * equal or nearly equal sentences, stay together as in {@link splitData}. The same seed gives the same parts.
 *
 * @throws NeriumError DATA_SPLIT_TOO_SMALL
 */
export function foldsOf(data: Dataset, folds: number, seed: number): Int32Array {
  const { units, unit, numberOf } = sentenceUnits(data.sentences, data.scheme);
  const change = "Use fewer folds";
  if (folds > units.length)
    throw tooFewUnits(data.file, units.length, unit, { part: `fold ${units.length + 1}`, change });
  const ratios = new Array<number>(folds).fill(1);
  const sentences = numbered(data.sentences, { unit, numberOf });
  const divided = groupedParts(units, sentences, { ratios, seed, single: unit === "sentences" });
  const names = ratios.map((_, index) => `fold ${index + 1}`);
  requireAll(names, data.file, unit, divided, change);
  return Int32Array.from(data.sentences, (sentence, at) => divided.parts[numberOf(sentence, at)]!);
}

/**
 * Takes a share of a data set for validation, stratified by entity type. Documents, and equal or nearly equal sentences, stay
 * together as in {@link splitData}. Both parts keep the order of the file. The same seed gives the same parts.
 *
 * @param change what the error says to do if a part is empty, beside taking more data
 * @throws NeriumError DATA_SPLIT_TOO_SMALL
 */
export function withoutShare(
  data: Dataset,
  share: number,
  seed: number,
  change?: string,
): { rest: Dataset; taken: Dataset } {
  const { units, unit, numberOf } = sentenceUnits(data.sentences, data.scheme);
  const ratios = [1 - share, share];
  const sentences = numbered(data.sentences, { unit, numberOf });
  const divided = groupedParts(units, sentences, { ratios, seed, single: unit === "sentences" });
  requireAll(["train", "validation"], data.file, unit, divided, change);
  const { parts: part } = divided;
  const of = (index: number): Dataset => ({
    ...data,
    sentences: data.sentences.filter((sentence, at) => part[numberOf(sentence, at)] === index),
  });
  return { rest: of(0), taken: of(1) };
}
