import type { CaseProbabilities } from "../../recipe/caseProbabilities.js";
import {
  type EncodedSentence,
  type EncodeOptions,
  encodeSentences,
} from "../../tasks/tokenClassification/index.js";
import type { Sentence } from "../../text/index.js";
import type { Tokenizer } from "../../tokenize/index.js";
import { TorchGenerator } from "../random.js";
import { type Casing, casings, drawnCasing, inCase, isInCapitals } from "./casing.js";

/** Returns the tokenized sentences of an epoch, counted from 0. Every call returns the same sentences. */
export type EpochSentences = (epoch: number) => readonly EncodedSentence[];

/** Makes the draws of cases independent of other draws from the same seed. */
const CASES = 0x63617365;

/** Training sentences, some of which have another case in each epoch. */
export interface CasedSentences {
  readonly sentencesOf: EpochSentences;
  /** Ids of all tokens that the case variants contain; an id may occur more than once. */
  usedIds(): Iterable<number>;
  /** Number of sentences in capitals. */
  readonly inCapitals: number;
  /** True if the tokenizer gives the same tokens in every case. */
  readonly isIdle: boolean;
}

/**
 * Tokenizes the sentences in advance in every case that an epoch may draw, so that an epoch only has to draw.
 * The draws depend on seed and epoch alone.
 */
export async function casedSentences(
  sentences: readonly Sentence[],
  tokenizer: Tokenizer,
  options: EncodeOptions & { readonly probabilities: CaseProbabilities; readonly seed: number },
): Promise<CasedSentences> {
  const { probabilities, seed, ...encoding } = options;
  const capitals = sentences.map(({ words }) => isInCapitals(words));
  const plain = await encodeSentences(sentences, tokenizer, encoding);
  const cased = new Map<Casing, ReadonlyMap<number, EncodedSentence>>();
  for (const casing of casings) {
    const may = sentences
      .map((_, index) => index)
      .filter((index) => mayBe(casing, capitals[index]!, probabilities));
    const changed = may.map((index) => ({
      ...sentences[index]!,
      words: inCase(sentences[index]!.words, casing),
    }));
    const encoded = await encodeSentences(changed, tokenizer, encoding);
    cased.set(casing, new Map(may.map((index, place) => [index, encoded[place]!])));
  }
  return {
    sentencesOf: (epoch) => {
      const generator = new TorchGenerator(((seed + epoch) ^ CASES) >>> 0);
      return plain.map((own, index) => {
        const casing = drawnCasing(generator.uniform(), capitals[index]!, probabilities);
        return casing === undefined ? own : cased.get(casing)!.get(index)!;
      });
    },
    usedIds: () => allIds(cased),
    inCapitals: capitals.filter(Boolean).length,
    isIdle: [...cased.values()].every((all) =>
      [...all].every(([index, { ids }]) => ids.join() === plain[index]!.ids.join()),
    ),
  };
}

const mayBe = (
  casing: Casing,
  capitals: boolean,
  { title_case, upper_case, lower_case }: CaseProbabilities,
): boolean => ({ title: capitals && title_case > 0, upper: upper_case > 0, lower: lower_case > 0 })[casing];

function* allIds(cased: ReadonlyMap<Casing, ReadonlyMap<number, EncodedSentence>>): Generator<number> {
  for (const all of cased.values()) for (const { ids } of all.values()) yield* ids;
}
