import { type Dataset, NO_TAG, type Sentence, type TagScheme } from "../../text/sentence.js";
import { WordRuleRecogniser } from "../../text/wordRuleRecogniser.js";
import type { WordRules } from "../../text/wordRules.js";
import { characterName, suspiciousIn } from "../inspect/characters.js";

/** A place in the data. */
export interface DataPlace {
  readonly file: string;
  readonly line: number;
}

/** What a run must know about a data set of any size before reading it for training. */
export interface DataFacts {
  readonly file: string;
  readonly scheme: TagScheme;
  readonly sentences: number;
  /** Count of each tag, without words that do not count, and the first word that has it, in the order of these words. */
  readonly tags: ReadonlyMap<string, { readonly count: number; readonly first: DataPlace }>;
  /**
   * Characters that are invisible or that stand for broken ones: their number, their names, and the first
   * sentence with one.
   */
  readonly suspicious:
    | { readonly count: number; readonly names: readonly string[]; readonly first: DataPlace }
    | undefined;
  /** How its words were split. */
  readonly words: WordRules;
}

/** Collects the facts of a data set, sentence by sentence. */
export class FactsCollector {
  readonly #tags = new Map<string, { count: number; readonly first: DataPlace }>();
  readonly #names = new Set<string>();
  readonly #words = new WordRuleRecogniser();
  #sentences = 0;
  #suspicious = 0;
  #firstSuspicious: DataPlace | undefined;

  constructor(private readonly file: string) {}

  add({ words, tags, line, file = this.file }: Sentence): void {
    this.#sentences++;
    this.#words.add(words);
    for (const [word, tag] of tags.entries()) {
      if (tag === NO_TAG) continue;
      const known = this.#tags.get(tag);
      if (known === undefined) this.#tags.set(tag, { count: 1, first: { file, line: line + word } });
      else known.count++;
    }
    // Nearly all sentences have none, so words are not checked one by one.
    for (const character of suspiciousIn(words.join(""))) {
      this.#suspicious++;
      this.#names.add(characterName(character));
      this.#firstSuspicious ??= { file, line };
    }
  }

  facts(scheme: TagScheme): DataFacts {
    const first = this.#firstSuspicious;
    return {
      file: this.file,
      scheme,
      sentences: this.#sentences,
      tags: this.#tags,
      suspicious: first && { count: this.#suspicious, names: [...this.#names], first },
      words: this.#words.rules,
    };
  }
}

/** Returns the facts of a data set in memory. */
export function dataFacts({ file, sentences, scheme }: Dataset): DataFacts {
  const collector = new FactsCollector(file);
  for (const sentence of sentences) collector.add(sentence);
  return collector.facts(scheme);
}

/** Returns the entity types that occur in tags. */
export const entityTypes = (tags: Iterable<string>, scheme: TagScheme): Set<string> =>
  new Set(
    [...tags]
      .filter((tag) => tag !== "O" && tag !== NO_TAG)
      .map((tag) => (scheme === "IO" ? tag : tag.slice(2))),
  );
