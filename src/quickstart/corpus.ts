import type { Sentence } from "../text/sentence.js";
import { expand, parseTemplate, type TaggedWord } from "./expand.js";
import { dealNameParts, type Name, type Names, namesFrom } from "./names.js";
import { numberSlots } from "./numbers.js";
import { type Random, seededRandom } from "./random.js";
import { headlines, subjects } from "./templates.js";
import { words } from "./words.js";

/** Number of sentences in each part of the corpus. */
export interface CorpusSizes {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** The three parts of the corpus. Tags are in IOB2, and no sentence is in two parts. */
export interface Corpus {
  readonly train: readonly Sentence[];
  readonly validation: readonly Sentence[];
  readonly test: readonly Sentence[];
}

/** Training has many sentences and few epochs, because new names teach more than the same ones again. */
export const defaultSizes: CorpusSizes = { train: 7000, validation: 600, test: 600 };

const templates = Object.values(subjects).map((sources) => sources.map(parseTemplate));
const headlineTemplates = headlines.map(parseTemplate);

/**
 * Generates a corpus for named-entity recognition: documents of a few sentences on one subject, with persons,
 * organisations, places, products and events. Many words are a person in one sentence and a place, a company
 * or not a name in another. About half of the names in validation and test have words that are never in
 * training. The same seed and sizes give the same corpus.
 */
export function quickstartCorpus(seed: number, sizes: CorpusSizes = defaultSizes): Corpus {
  const random = seededRandom(seed);
  const dealt = dealNameParts(random);
  const seen = new Set<string>();
  const part = (own: keyof CorpusSizes): Sentence[] =>
    sentencesOf(
      namesFrom(dealt[own], own === "train" ? undefined : dealt.train, random),
      sizes[own],
      seen,
      random,
    );
  return { train: part("train"), validation: part("validation"), test: part("test") };
}

/** Generates documents until there are `count` sentences. `seen` holds the texts of all sentences so far. */
function sentencesOf(names: Names, count: number, seen: Set<string>, random: Random): Sentence[] {
  const sentences: Sentence[] = [];
  // Line numbers as in the CoNLL file of these sentences: two lines for the start of a document, one after
  // each sentence.
  let line = 1;
  for (let document = 0; sentences.length < count; document += 1) {
    line += 2;
    const length = Math.min(3 + random.below(5), count - sentences.length);
    for (const tagged of documentOf(length, names, seen, random)) {
      sentences.push({
        words: tagged.map((word) => word.text),
        tags: tagged.map((word) => word.tag),
        document,
        line,
      });
      line += tagged.length + 1;
    }
  }
  return sentences;
}

function documentOf(length: number, names: Names, seen: Set<string>, random: Random): TaggedWord[][] {
  const body = random.shuffled(random.pick(templates));
  const slots = slotsOf(names, random);
  const sentences: TaggedWord[][] = [];
  // A template that repeats an earlier sentence is skipped. Every subject has some templates that give new
  // ones.
  for (let attempt = 0; sentences.length < length; attempt += 1) {
    const isHeadline = sentences.length === 0 && random.chance(0.7);
    const template = isHeadline ? random.pick(headlineTemplates) : body[attempt % body.length]!;
    const plain = expand(template, slots, random);
    const sentence = lettered(capitalised(plain), isHeadline ? 0.4 : 0.03, random);
    const text = sentence.map((word) => word.text.toLowerCase()).join(" ");
    if (seen.has(text)) continue;
    seen.add(text);
    sentences.push(sentence);
  }
  return sentences;
}

/**
 * Returns the slots of one document. Its names stay the same throughout, and later mentions are often short.
 */
function slotsOf(names: Names, random: Random): (name: string) => readonly TaggedWord[] {
  const makers: Record<string, () => Name> = {
    per: names.person,
    org: names.company,
    agency: names.agency,
    inst: names.institution,
    club: names.club,
    loc: names.place,
    prod: names.product,
    cup: names.tournament,
    fest: names.festival,
    past: names.pastEvent,
    storm: names.storm,
  };
  const own = new Map<string, Name>();
  return (slot) => {
    const maker = makers[slot.replace(/^any|\d$/g, "")];
    if (maker === undefined) return plainWords(numberSlots[slot]?.(random) ?? random.pick(words[slot]!));
    const known = slot.startsWith("any") ? undefined : own.get(slot);
    const name = known ?? maker();
    if (known === undefined && !slot.startsWith("any")) own.set(slot, name);
    const useShort = random.chance(known === undefined ? 0.2 : 0.6);
    return entity(useShort ? random.pick(name.short) : name.full, name.type);
  };
}

const plainWords = (text: string): TaggedWord[] => text.split(" ").map((word) => ({ text: word, tag: "O" }));

const entity = (text: string, type: string): TaggedWord[] =>
  text.split(" ").map((word, index) => ({ text: word, tag: `${index === 0 ? "B" : "I"}-${type}` }));

/** A sentence begins with a capital letter, even if its first word is not a name. */
function capitalised(sentence: readonly TaggedWord[]): TaggedWord[] {
  const first = sentence.findIndex((word) => /\p{L}/u.test(word.text));
  return sentence.map((word, index) =>
    index === first ? { ...word, text: word.text[0]!.toUpperCase() + word.text.slice(1) } : word,
  );
}

/** Writes the given share of sentences in capital or lower-case letters, half of them in each. */
function lettered(sentence: readonly TaggedWord[], share: number, random: Random): TaggedWord[] {
  if (!random.chance(share)) return [...sentence];
  const upper = random.chance(0.5);
  return sentence.map(({ text, tag }) => ({ text: upper ? text.toUpperCase() : text.toLowerCase(), tag }));
}
