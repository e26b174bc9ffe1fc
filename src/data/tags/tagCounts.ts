import { NO_TAG, type Sentence } from "../../text/sentence.js";

/** A tag as the file spells it, how many words have it, and the first of them. */
export interface CountedTag {
  readonly tag: string;
  readonly count: number;
  readonly file: string;
  readonly line: number;
}

/** With more different tags than this, neighbours are not counted: the tags are not tags of a scheme. */
const MOST_PAIRED = 1024;
/** Stands for the beginning of a sentence among the neighbours. */
const BEGINNING = 0;

/** Counts the tags of a data set and which tag follows which. Its size depends on the number of different tags. */
export class TagCounts {
  readonly #numbers = new Map<string, number>();
  readonly #tags: { readonly tag: string; count: number; readonly file: string; readonly line: number }[] =
    [];
  #width = 64;
  /** How often one tag follows another: `[before, tag]`, numbers from 1. */
  #pairs = new Uint32Array(this.#width ** 2);

  readonly #linesOfWords: boolean;
  readonly #ignored: ReadonlySet<string>;
  #uncounted = 0;

  /**
   * @param file name of the data set, for sentences without a file of their own
   * @param options `linesOfWords`: each word is on a line of its own; `ignoreTags`: tags of words that do not
   *   count, besides `NO_TAG`
   */
  constructor(
    readonly file: string,
    {
      linesOfWords,
      ignoreTags = [],
    }: { readonly linesOfWords: boolean; readonly ignoreTags?: readonly string[] },
  ) {
    this.#linesOfWords = linesOfWords;
    this.#ignored = new Set([NO_TAG, ...ignoreTags]);
  }

  add({ tags, line, file = this.file }: Sentence): void {
    let before = BEGINNING;
    for (let word = 0; word < tags.length; word++) {
      const tag = tags[word]!;
      if (this.#ignored.has(tag)) {
        this.#uncounted++;
        before = BEGINNING;
        continue;
      }
      let number = this.#numbers.get(tag);
      if (number === undefined) {
        number = this.#tags.push({ tag, count: 0, file, line: this.#linesOfWords ? line + word : line });
        this.#numbers.set(tag, number);
        if (number >= this.#width) this.#widen();
      }
      this.#tags[number - 1]!.count++;
      if (before < MOST_PAIRED && number < MOST_PAIRED) this.#pairs[before * this.#width + number]!++;
      before = number;
    }
  }

  /** Number of words that do not count. */
  get uncounted(): number {
    return this.#uncounted;
  }

  /** The tags of words that do not count. */
  get ignored(): ReadonlySet<string> {
    return this.#ignored;
  }

  /** All other tags, in the order in which they first occur. */
  get tags(): readonly CountedTag[] {
    return this.#tags;
  }

  /** Yields each pair of neighbouring tags with its count; `before` is `undefined` at the beginning of a sentence. */
  *pairs(): Generator<{ readonly before: string | undefined; readonly tag: string; readonly count: number }> {
    const numbers = Math.min(this.#tags.length + 1, this.#width);
    for (let before = 0; before < numbers; before++)
      for (let number = 1; number < numbers; number++) {
        const count = this.#pairs[before * this.#width + number]!;
        if (count > 0) yield { before: this.#tags[before - 1]?.tag, tag: this.#tags[number - 1]!.tag, count };
      }
  }

  #widen(): void {
    if (this.#width === MOST_PAIRED) return;
    const width = this.#width * 2;
    const pairs = new Uint32Array(width ** 2);
    for (let row = 0; row < this.#width; row++)
      pairs.set(this.#pairs.subarray(row * this.#width, (row + 1) * this.#width), row * width);
    this.#width = width;
    this.#pairs = pairs;
  }
}
