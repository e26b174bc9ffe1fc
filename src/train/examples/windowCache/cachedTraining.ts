import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { DataFacts, DataSummary, SentenceKey } from "../../../data/index.js";
import { labelNumbering } from "../../../tasks/tokenClassification/index.js";
import { cacheDamaged } from "../../errors.js";
import type { CutCounts, TrainingData, TrainingWindow, TrainingWindows } from "../trainingData.js";
import { type CacheFacts, KEYS, OFFSETS, WINDOWS } from "./layout.js";
import { readRecord, tokensIn } from "./record.js";

/** Number of sentences whose keys are read in one call. */
const KEYS_AT_ONCE = 2 ** 15;
/** Number of records whose offsets are read in one call. */
const OFFSETS_AT_ONCE = 2 ** 15;

/** How a run labels tokens. */
export interface Labelling {
  readonly labels: readonly string[];
  readonly labelAllTokens: boolean;
}

/** Training data on the disk. Only its facts, and the windows in use, are in memory. */
export class CachedTraining implements TrainingData {
  readonly windows: TrainingWindows;

  /**
   * @param stored the facts in the cache
   * @param facts the same facts, with the present names of the files
   * @param files the present names of the files
   */
  constructor(
    private readonly folder: string,
    private readonly stored: CacheFacts,
    readonly facts: DataFacts,
    files: readonly string[],
    labelling: Labelling,
  ) {
    this.windows = new CachedWindows(folder, stored, files, labelOfCode(stored, labelling));
  }

  get cut(): CutCounts {
    return this.stored.cut;
  }

  get isEmpty(): boolean {
    return this.stored.labelled === 0;
  }

  usedIds(): Iterable<number> {
    return this.stored.ids;
  }

  digests() {
    return this.stored.digests;
  }

  summary(): DataSummary {
    return this.stored.summary;
  }

  *keys(): Generator<SentenceKey> {
    const file = new CacheFile(this.folder, KEYS);
    try {
      const values = new Float64Array(2 * KEYS_AT_ONCE);
      for (let start = 0; ; start += values.byteLength) {
        const length = file.read(values, start) / values.BYTES_PER_ELEMENT;
        for (let at = 0; at < length; at += 2)
          yield { hash: values[at]!, line: values[at + 1]!, file: this.facts.file };
        if (length < values.length) return;
      }
    } finally {
      file.close();
    }
  }

  close(): void {
    (this.windows as CachedWindows).close();
  }
}

/** Returns the label for each code of `record.ts`. */
function labelOfCode({ tags }: CacheFacts, { labels, labelAllTokens }: Labelling): Int32Array {
  const { first, further } = labelNumbering(labels, labelAllTokens);
  return Int32Array.from(
    tags.flatMap(({ tag }) => {
      const label = first.get(tag)!;
      return [label, further[label]!];
    }),
  );
}

class CachedWindows implements TrainingWindows {
  readonly length: number;
  private readonly records: CacheFile;
  private readonly offsets: CacheFile;
  private lengths: Int32Array | undefined;

  constructor(
    folder: string,
    { windows }: CacheFacts,
    private readonly files: readonly string[],
    private readonly labelOf: Int32Array,
  ) {
    this.length = windows;
    this.records = new CacheFile(folder, WINDOWS);
    this.offsets = new CacheFile(folder, OFFSETS);
  }

  at(index: number): TrainingWindow {
    const place = new Float64Array(2);
    this.offsets.readAll(place, index * place.BYTES_PER_ELEMENT);
    const [start, end] = place as unknown as [number, number];
    const record = new Int32Array((end - start) / Int32Array.BYTES_PER_ELEMENT);
    this.records.readAll(record, start);
    const { file, line, ...window } = readRecord(record, this.labelOf);
    return { ...window, place: `${this.files[file]}:${line}` };
  }

  tokensAt(index: number): number {
    this.lengths ??= this.allLengths();
    return this.lengths[index]!;
  }

  /** Number of tokens in each window, computed from the beginning and end of its record. */
  private allLengths(): Int32Array {
    const lengths = new Int32Array(this.length);
    for (let first = 0; first < this.length; first += OFFSETS_AT_ONCE) {
      const count = Math.min(OFFSETS_AT_ONCE, this.length - first);
      const places = new Float64Array(count + 1);
      this.offsets.readAll(places, first * places.BYTES_PER_ELEMENT);
      for (let at = 0; at < count; at++)
        lengths[first + at] = tokensIn((places[at + 1]! - places[at]!) / Int32Array.BYTES_PER_ELEMENT);
    }
    return lengths;
  }

  *[Symbol.iterator](): Generator<TrainingWindow> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  close(): void {
    try {
      this.records.close();
    } finally {
      this.offsets.close();
    }
  }
}

/** A cache file with random access. It is opened at the first read. */
class CacheFile {
  private readonly path: string;
  private descriptor: number | undefined;

  constructor(folder: string, name: string) {
    this.path = join(folder, name);
  }

  /**
   * Fills an array from the file, starting at byte `position`. Returns the number of bytes read, which is
   * smaller if the file ends early.
   */
  read(into: Int32Array | Float64Array, position: number): number {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    let done = 0;
    try {
      this.descriptor ??= openSync(this.path, "r");
      while (done < bytes.length) {
        const taken = readSync(this.descriptor, bytes, done, bytes.length - done, position + done);
        if (taken === 0) break;
        done += taken;
      }
    } catch (cause) {
      throw cacheDamaged(this.path, (cause as Error).message, cause);
    }
    return done;
  }

  /**
   * Fills the whole array.
   *
   * @throws NeriumError TRAIN_CACHE_DAMAGED if the file ends early
   */
  readAll(into: Int32Array | Float64Array, position: number): void {
    if (this.read(into, position) < into.byteLength) throw cacheDamaged(this.path, "it is too short");
  }

  close(): void {
    const { descriptor } = this;
    this.descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
