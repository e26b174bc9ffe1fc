import type { Dataset, Sentence, TagScheme } from "../../text/sentence.js";
import { toScheme } from "../../text/tagSchemes.js";
import { taggedRanges } from "../spans/shapes.js";
import { type LengthSummary, Lengths } from "./lengths.js";
import { SpilledParts } from "./parts.js";
import type { ComparedData, SentenceKey } from "./warnings.js";

/** What a data set contains. */
export interface DataSummary {
  readonly sentences: number;
  readonly words: number;
  readonly documents: number;
  readonly entities: Readonly<Record<string, number>>;
  readonly lengths: LengthSummary;
}

/** Counts what is in a data set, sentence by sentence. Its memory does not grow with the data. */
export class SummaryCollector {
  readonly #lengths = new Lengths();
  readonly #entities = new Map<string, number>();
  #sentences = 0;
  #words = 0;
  #documents = 0;
  #document: string | undefined;

  /** @param part the file of the sentence, whose documents are numbered on their own */
  add({ words, tags, document }: Sentence, scheme: TagScheme, part = ""): void {
    this.#sentences++;
    this.#words += words.length;
    this.#lengths.add(words.length);
    const name = `${document} ${part}`;
    if (name !== this.#document) this.#documents++;
    this.#document = name;
    for (const { type } of taggedRanges(toScheme(tags, scheme, "IOB2")))
      this.#entities.set(type, (this.#entities.get(type) ?? 0) + 1);
  }

  summary(): DataSummary {
    return {
      sentences: this.#sentences,
      words: this.#words,
      documents: this.#documents,
      entities: Object.fromEntries(this.#entities),
      lengths: this.#lengths.summary(),
    };
  }
}

/** Counts what is in a data set in memory, whose sentences are in the order of their documents. */
export function dataSummary({ sentences, scheme }: Pick<Dataset, "sentences" | "scheme">): DataSummary {
  const collector = new SummaryCollector();
  for (const sentence of sentences) collector.add(sentence, scheme);
  return collector.summary();
}

/** Bytes of a hash. */
const HASH = 8;

/**
 * Returns how many sentences repeat an earlier one. Short sentences are not compared. Most of the hashes of large data
 * go to a temporary file.
 *
 * @throws NeriumError `FILES_…`
 */
export function repeatedSentences(keys: Iterable<SentenceKey>): number {
  const parts = new SpilledParts();
  try {
    for (const { hash } of keys) parts.add(hash, HASH, (into, at) => into.writeDoubleLE(hash, at));
    let repeated = 0;
    for (const part of parts) {
      const seen = new Set<number>();
      for (let at = 0; at < part.length; at += HASH) seen.add(part.readDoubleLE(at));
      repeated += part.length / HASH - seen.size;
    }
    return repeated;
  } finally {
    parts.close();
  }
}

/** Returns how many sentences of a data set also occur in the training data. Only the former take up memory. */
export function leakedSentences(
  train: Pick<ComparedData, "keys">,
  evaluated: Pick<ComparedData, "keys">,
): number {
  const isLeaked = new Map<number, boolean>();
  for (const { hash } of evaluated.keys()) isLeaked.set(hash, false);
  for (const { hash } of train.keys()) if (isLeaked.has(hash)) isLeaked.set(hash, true);
  let leaked = 0;
  for (const { hash } of evaluated.keys()) if (isLeaked.get(hash)) leaked++;
  return leaked;
}
