import { SpilledParts } from "./parts.js";
import { byPlace, type FilePlace, PLACES } from "./places.js";
import { sentenceHash } from "./sentenceHash.js";

/** A sentence that occurs earlier in the data as well. */
interface Repeated {
  readonly place: FilePlace;
  readonly before: FilePlace;
}

/**
 * Sentences of one split that occur again in the same split or in another one. Splits are given by number.
 */
export interface Duplicates {
  readonly first: number;
  readonly again: number;
  readonly count: number;
  /** How many of them have other tags there. */
  readonly otherTags: number;
  /** The first few repetitions. */
  readonly repeated: readonly Repeated[];
}

/** Hash of the words (8 bytes); hash of the tags, split, file, line (4 bytes each). */
const RECORD = 8 + 4 * 4;

/**
 * Finds sentences with the same words by their hash. Most of the data goes to a temporary file, to save
 * memory.
 */
export class SentenceComparison {
  readonly #parts = new SpilledParts();

  add(words: readonly string[], tags: readonly string[], split: number, { file, line }: FilePlace): void {
    const hash = sentenceHash(words);
    this.#parts.add(hash, RECORD, (into, at) => {
      into.writeDoubleLE(hash, at);
      [sentenceHash(tags) >>> 0, split, file, line].forEach((value, index) => {
        into.writeUInt32LE(value, at + 8 + 4 * index);
      });
    });
  }

  /** Returns the pairs of splits, ordered by their first repetition. Ends the comparison. */
  result(): Duplicates[] {
    const found = new Map<string, { -readonly [K in keyof Duplicates]: Duplicates[K] }>();
    for (const part of this.#parts) {
      const firsts = new Map<number, Stored>();
      for (let at = 0; at < part.length; at += RECORD) {
        const hash = part.readDoubleLE(at);
        const again = storedAt(part, at);
        const first = firsts.get(hash);
        if (first === undefined) {
          firsts.set(hash, again);
          continue;
        }
        const key = `${first.split} ${again.split}`;
        const pair = found.get(key) ?? {
          first: first.split,
          again: again.split,
          count: 0,
          otherTags: 0,
          repeated: [],
        };
        found.set(key, pair);
        pair.count++;
        if (first.tags !== again.tags) pair.otherTags++;
        const last = pair.repeated[PLACES - 1];
        if (last === undefined || byPlace(again, last.place) < 0)
          pair.repeated = [...pair.repeated, { place: again, before: first }]
            .sort((a, b) => byPlace(a.place, b.place))
            .slice(0, PLACES);
      }
    }
    this.close();
    return [...found.values()].sort((a, b) => byPlace(a.repeated[0]!.place, b.repeated[0]!.place));
  }

  close(): void {
    this.#parts.close();
  }
}

interface Stored extends FilePlace {
  readonly tags: number;
  readonly split: number;
}

const storedAt = (part: Buffer, at: number): Stored => ({
  tags: part.readUInt32LE(at + 8),
  split: part.readUInt32LE(at + 12),
  file: part.readUInt32LE(at + 16),
  line: part.readUInt32LE(at + 20),
});
