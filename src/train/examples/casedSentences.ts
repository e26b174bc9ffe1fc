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

/** The sentences of an epoch, counted from 0, as tokens: the same whenever they are asked for. */
export type EpochSentences = (epoch: number) => readonly EncodedSentence[];

/** Draws cases apart from everything else that is drawn from the seed. */
const CASES = 0x63617365;

/** Training sentences, some of which stand in another case in each epoch. */
export interface CasedSentences {
  readonly sentencesOf: EpochSentences;
  /** Ids of all tokens that another case may bring; some may come again. */
  usedIds(): Iterable<number>;
  /** Sentences in capitals. */
  readonly inCapitals: number;
  /** True where no case makes a difference to the tokenizer. */
  readonly isIdle: boolean;
}

/**
 * Sentences in every case that an epoch may give them, tokenized at once: an epoch then only draws. Its draws follow from
 * seed and epoch alone.
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
