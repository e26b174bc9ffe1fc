import type { Sentence } from "../../text/sentence.js";
import { toScheme } from "../../text/tagSchemes.js";
import { taggedRanges } from "../spans/shapes.js";
import type { TagReading } from "../tags/tagReading.js";
import { characterName, suspiciousIn } from "./characters.js";
import { SentenceComparison } from "./duplicates.js";
import { type LengthSummary, Lengths } from "./lengths.js";
import { FileNumbers, type FilePlace } from "./places.js";
import { SurfaceComparison } from "./surfaces.js";
import { type Finding, Tally } from "./tally.js";
import { type TypeFindings, typeFindings } from "./types.js";
import { violations } from "./violations.js";

export interface SplitReport {
  readonly name: string;
  readonly format: string;
  /** Name of the tag scheme, with the spelling of tags if it is unusual. */
  readonly scheme: string;
  readonly documents: number;
  readonly sentences: number;
  readonly words: number;
  /** Number of sentences that have no tags. */
  readonly untagged: number;
  /** Number of words that do not count: they are neither trained on nor scored. */
  readonly uncounted: number;
  /** Count of each type, most frequent first. */
  readonly entities: Readonly<Record<string, number>>;
  /** In words. */
  readonly lengths: LengthSummary;
}

/** A name that is tagged with several types. */
export interface AmbiguousSurface {
  readonly surface: string;
  /** Count and first place of each type, most frequent first. */
  readonly types: Readonly<Record<string, { readonly count: number; readonly place: string }>>;
}

export interface DuplicateReport {
  /** The split where the sentences occur first. */
  readonly first: string;
  /** The split where they occur again: the same one, or another one, which is a leak. */
  readonly again: string;
  readonly count: number;
  /** How many of them have other tags there. */
  readonly otherTags: number;
  readonly places: readonly string[];
}

export interface InspectionReport {
  readonly splits: readonly SplitReport[];
  readonly violations: readonly Finding[];
  readonly ambiguous: readonly AmbiguousSurface[];
  readonly ambiguousCount: number;
  readonly duplicates: readonly DuplicateReport[];
  /** For each split, the types that it lacks but other splits have. */
  readonly lacking: Readonly<Record<string, readonly string[]>>;
  readonly characters: readonly Finding[];
  /** What is odd about entity types, in all splits together. */
  readonly types: TypeFindings;
}

/** Shorter sentences repeat naturally: headlines, results, dates. */
export const SHORTEST_DUPLICATE = 5;
/** How many findings a list has. */
export const LONGEST_LIST = 20;

interface Split {
  readonly name: string;
  readonly format: string;
  readonly tags: Pick<TagReading, "scheme" | "name" | "uncounted" | "spelledUsually" | "read">;
  readonly linesOfWords: boolean;
  sentences: number;
  words: number;
  untagged: number;
  documents: number;
  last: number;
  readonly entities: Map<string, number>;
  readonly lengths: Lengths;
}

/** Inspects sentences one by one. Keeps what the report needs, not the sentences themselves. */
export class Inspection {
  readonly #splits: Split[] = [];
  readonly #files = new FileNumbers();
  readonly #sentences = new SentenceComparison();
  readonly #surfaces = new SurfaceComparison();
  readonly #violations = new Tally();
  readonly #characters = new Tally();
  readonly #types = new Tally();

  /**
   * Begins a split: the sentences added next belong to it. `linesOfWords` means that each word is on a line
   * of its own.
   */
  begin(name: string, facts: Pick<Split, "format" | "tags" | "linesOfWords">): void {
    this.#splits.push({
      name,
      ...facts,
      sentences: 0,
      words: 0,
      untagged: 0,
      documents: 0,
      last: -1,
      entities: new Map(),
      lengths: new Lengths(),
    });
  }

  add(sentence: Sentence): void {
    const split = this.#splits.at(-1)!;
    const { words, document, line } = sentence;
    const { scheme } = split.tags;
    const tags = split.tags.spelledUsually
      ? sentence.tags
      : sentence.tags.map((tag) => split.tags.read(tag) ?? "O");
    const file = this.#files.numberOf(sentence.file ?? split.name);
    const at = (word = 0): FilePlace => ({ file, line: split.linesOfWords ? line + word : line });
    const place = (word: number) => this.#files.text(at(word));
    split.sentences++;
    split.words += words.length;
    if (document !== split.last) split.documents++;
    split.last = document;
    split.lengths.add(words.length);
    if (tags.length === 0) split.untagged++;
    // Nearly all sentences have none, so they are checked as a whole first.
    const isSuspicious = suspiciousIn(words.join("")).length > 0;
    for (const [index, word] of isSuspicious ? words.entries() : [])
      for (const character of suspiciousIn(word))
        this.#characters.add(characterName(character), () => place(index));
    for (const { word, what } of violations(tags, scheme))
      this.#violations.add(what, () => place(Math.min(word, words.length - 1)));
    for (const { type, first, last } of taggedRanges(toScheme(tags, scheme, "IOB2"))) {
      split.entities.set(type, (split.entities.get(type) ?? 0) + 1);
      this.#types.add(type, () => place(first));
      this.#surfaces.add(words.slice(first, last + 1).join(" "), type, at(first));
    }
    if (words.length >= SHORTEST_DUPLICATE) this.#sentences.add(words, tags, this.#splits.length - 1, at());
  }

  /** Returns the report and ends the inspection. */
  report(): InspectionReport {
    const { text } = this.#files;
    const { count, ambiguous } = this.#surfaces.result(LONGEST_LIST);
    const nameOf = (split: number): string => this.#splits[split]!.name;
    return {
      splits: this.#splits.map(({ linesOfWords: _, last: __, lengths, entities, tags, ...rest }) => ({
        ...rest,
        scheme: tags.name,
        uncounted: tags.uncounted,
        entities: mostFirst(entities),
        lengths: lengths.summary(),
      })),
      violations: this.#violations.findings(),
      ambiguous: ambiguous.map(({ surface, types }) => ({
        surface,
        types: Object.fromEntries(
          types.map(({ type, count, first }) => [type, { count, place: text(first) }]),
        ),
      })),
      ambiguousCount: count,
      duplicates: this.#sentences.result().map(({ first, again, repeated, ...counts }) => ({
        first: nameOf(first),
        again: nameOf(again),
        ...counts,
        places: repeated.map(({ place, before }) => `${text(place)} = ${text(before)}`),
      })),
      lacking: this.#lacking(),
      characters: this.#characters.findings(),
      types: typeFindings(this.#types.findings()),
    };
  }

  /** Releases what an abandoned inspection holds. */
  close(): void {
    this.#surfaces.close();
    this.#sentences.close();
  }

  #lacking(): Record<string, string[]> {
    const all = new Set(this.#splits.flatMap(({ entities }) => [...entities.keys()]));
    return Object.fromEntries(
      this.#splits
        .map(({ name, entities }) => [name, [...all].filter((type) => !entities.has(type)).sort()] as const)
        .filter(([, types]) => types.length > 0),
    );
  }
}

const mostFirst = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
