import { counted } from "../../counted.js";
import type { Dataset } from "../../text/sentence.js";
import { type DataFacts, entityTypes } from "../labels/facts.js";
import { SHORTEST_DUPLICATE } from "./inspection.js";
import { sentenceHash } from "./sentenceHash.js";

/** Something that users should know about the data of a run. The run continues. */
export interface DataWarning {
  readonly code: "SENTENCES_LEAKED" | "TYPES_UNSEEN" | "CHARACTERS_SUSPICIOUS";
  readonly message: string;
}

/** A sentence that is long enough to be compared with others. */
export interface SentenceKey {
  /** 53-bit hash of its words. */
  readonly hash: number;
  readonly file: string;
  readonly line: number;
}

/** A data set in the form that is compared with others. */
export interface ComparedData {
  readonly facts: DataFacts;
  keys(): Iterable<SentenceKey>;
}

/** Returns what is worth a warning before training. `nerium data inspect` reports more. */
export function dataWarnings(train: ComparedData, others: readonly ComparedData[]): DataWarning[] {
  const all = [train, ...others].map(({ facts }) => facts);
  return [
    ...leaks(train, others),
    ...unseenTypes(
      train.facts,
      others.map(({ facts }) => facts),
    ),
    ...all.flatMap(characterWarnings),
  ];
}

/** Yields the sentences of a data set that are compared with others. */
export function* sentenceKeys({ file: own, sentences }: Dataset): Generator<SentenceKey> {
  for (const { words, file = own, line } of sentences)
    if (words.length >= SHORTEST_DUPLICATE) yield { hash: sentenceHash(words), file, line };
}

/**
 * Warns about evaluation sentences that also occur in the training data. Only the evaluation data takes up
 * memory.
 */
function leaks(train: ComparedData, others: readonly ComparedData[]): DataWarning[] {
  if (others.length === 0) return [];
  /** The line where each sentence first occurs in the training data, or 0 if it does not. */
  const lines = new Map<number, number>();
  for (const other of others) for (const { hash } of other.keys()) lines.set(hash, 0);
  for (const { hash, line } of train.keys()) if (lines.get(hash) === 0) lines.set(hash, line);
  return others.flatMap((data): DataWarning[] => {
    let count = 0;
    let first: string | undefined;
    for (const { hash, file, line } of data.keys()) {
      const before = lines.get(hash)!;
      if (before === 0) continue;
      count++;
      first ??= `line ${line} of ${file} repeats line ${before} of ${train.facts.file}`;
    }
    if (count === 0) return [];
    const { file, sentences } = data.facts;
    return [
      {
        code: "SENTENCES_LEAKED",
        message: `${file}: ${count} of ${counted(sentences, "sentence")} ${count === 1 ? "repeats a sentence" : "repeat sentences"} of the training data (${first}). Scores on them say little about new text.`,
      },
    ];
  });
}

/** Warns about entity types that are scored but do not occur in the training data. */
function unseenTypes(train: DataFacts, others: readonly DataFacts[]): DataWarning[] {
  const known = entityTypes(train.tags.keys(), train.scheme);
  return others.flatMap(({ file, tags, scheme }): DataWarning[] => {
    const unseen = [...entityTypes(tags.keys(), scheme)].filter((type) => !known.has(type)).sort();
    if (unseen.length === 0) return [];
    return [
      {
        code: "TYPES_UNSEEN",
        message: `${file} has entities of type ${unseen.join(", ")}, but ${train.file} has none: the model cannot learn them.`,
      },
    ];
  });
}

function characterWarnings({ file, suspicious }: DataFacts): DataWarning[] {
  if (suspicious === undefined) return [];
  const { count, names, first } = suspicious;
  return [
    {
      code: "CHARACTERS_SUSPICIOUS",
      message: `${file}: ${counted(count, "invisible or broken character")} (${names.slice(0, 4).join(", ")}), first in the sentence at ${first.file}:${first.line}.`,
    },
  ];
}
