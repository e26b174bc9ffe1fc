import { legalTransitions, viterbi } from "../../crf/index.js";
import {
  type EntitySpan,
  type ErrorKind,
  errorsByKind,
  labelIssues,
  selfConfidence,
  seqevalScores,
} from "../../evaluate/index.js";
import { largest } from "../../tasks/tokenClassification/index.js";
import { type Dataset, NO_TAG, type Sentence } from "../../text/index.js";
import type { ReviewAction } from "../review/reviewLog.js";
import { scoredTags } from "../scoredTags.js";

/** A word whose tag is likely wrong. */
export interface SuspectWord {
  /** Index of the word in its sentence. */
  readonly index: number;
  readonly word: string;
  readonly tag: string;
  /** The most probable tag. */
  readonly likely: string;
  /** The probability of the given tag: its label quality. */
  readonly score: number;
}

/** A difference between the entities of a sentence and those that a model proposes. */
export interface SuspectSpan {
  readonly kind: ErrorKind;
  /** The entity in the data; absent if it is missing there. Word indices, the end exclusive. */
  readonly gold?: EntitySpan;
  /** The proposed entity; absent if there should be none. */
  readonly proposed?: EntitySpan;
  /** The lowest label quality of its words. */
  readonly score: number;
}

/** A sentence with likely wrong tags. */
export interface Suspect {
  /** Index of the sentence in the data, from 0. */
  readonly sentence: number;
  readonly file: string;
  /** Number of words before it in its file. */
  readonly word: number;
  readonly line: number;
  /** The lowest label quality among the suspect words. */
  readonly score: number;
  readonly words: readonly string[];
  readonly gold: readonly string[];
  /** The best tag sequence of a model that was trained without this sentence. */
  readonly proposed: readonly string[];
  readonly suspects: readonly SuspectWord[];
  readonly spans: readonly SuspectSpan[];
  /** What was decided about it in a review since. */
  readonly decision?: ReviewAction;
}

/** What was found in a data set. */
export interface SuspectsFound {
  readonly sentences: number;
  readonly words: number;
  /** Words whose tag is likely wrong. */
  readonly suspectWords: number;
  /** F1 of the cross-validated predictions, seqeval's default mode. */
  readonly f1: number;
  /** Likely errors, the most likely first. */
  readonly suspects: readonly Suspect[];
}

/** Likely label errors in a file, and how they were found. */
export interface FoundSuspects extends SuspectsFound {
  readonly schema_version: 1;
  /** The file or folder that was looked through. */
  readonly train: string;
  /** sha256 of its words, tags and documents. */
  readonly sha256: string;
  readonly folds: number;
  readonly seed: number;
  readonly labels: readonly string[];
  /** How the data was read: options of `readDataset`. */
  readonly reading: Readonly<Record<string, unknown>>;
  /** Formats of the files that have suspects. A change of the data may change what is detected. */
  readonly formats: Readonly<Record<string, string>>;
  /** True if the entity types were renamed, so that they are not those of the file. */
  readonly renamed: boolean;
}

/**
 * Ranks sentences by how likely their tags are wrong. The words are found as by {@link labelIssues}; the score of a sentence, and
 * that of a span, is the lowest of its words.
 *
 * @param probabilities for each sentence the probability of each label at each word, `[words, labels]`, by a model that has not
 *   seen it; NaN where there is none
 */
export function rankedSuspects(
  { file: own, sentences }: Dataset,
  labels: readonly string[],
  probabilities: readonly Float32Array[],
): SuspectsFound {
  const idOf = new Map(labels.map((label, id) => [label, id]));
  const size = labels.length;
  // Words that count, one after the other.
  const places: { readonly sentence: number; readonly word: number }[] = [];
  for (const [sentence, { tags }] of sentences.entries())
    for (const [word, tag] of tags.entries())
      if (tag !== NO_TAG && !Number.isNaN(probabilities[sentence]![word * size]))
        places.push({ sentence, word });
  const given = Int32Array.from(places, ({ sentence, word }) => idOf.get(sentences[sentence]!.tags[word]!)!);
  const rows = new Float32Array(places.length * size);
  for (const [at, { sentence, word }] of places.entries())
    rows.set(probabilities[sentence]!.subarray(word * size, (word + 1) * size), at * size);
  const confidence = selfConfidence(given, rows);
  const quality = sentences.map(({ words }) => new Float64Array(words.length).fill(1));
  for (const [at, { sentence, word }] of places.entries()) quality[sentence]![word] = confidence[at]!;

  const moves = legalTransitions(labels);
  const proposed = probabilities.map((own) => bestTags(own, labels, moves));
  const asScored = scoredTags(labels);
  const issues = labelIssues(given, rows, size);
  const suspectWords = new Map<number, SuspectWord[]>();
  for (const at of issues) {
    const { sentence, word } = places[at]!;
    const { words, tags } = sentences[sentence]!;
    const list = suspectWords.get(sentence) ?? [];
    suspectWords.set(sentence, list);
    const likely = labels[largest(rows.subarray(at * size, (at + 1) * size))]!;
    list.push({ index: word, word: words[word]!, tag: tags[word]!, likely, score: confidence[at]! });
  }
  const before = wordsBefore(sentences, own);
  // The map is in the order of the issues, the most likely one of each sentence first.
  const suspects = [...suspectWords].map(([sentence, list]): Suspect => {
    const { words, tags, line, file = own } = sentences[sentence]!;
    return {
      sentence,
      file,
      word: before[sentence]!,
      line,
      score: list[0]!.score,
      words,
      gold: tags,
      proposed: proposed[sentence]!,
      suspects: list,
      spans: spansOf(asScored(tags), asScored(proposed[sentence]!), quality[sentence]!),
    };
  });
  const gold = sentences.map(({ tags }) => asScored(tags));
  return {
    sentences: sentences.length,
    words: sentences.reduce((sum, { words }) => sum + words.length, 0),
    suspectWords: issues.length,
    f1: seqevalScores(gold, proposed.map(asScored)).micro.f1,
    suspects,
  };
}

/** The number of words before each sentence in its file. */
function wordsBefore(sentences: readonly Sentence[], only: string): number[] {
  const counts = new Map<string, number>();
  return sentences.map(({ words, file = only }) => {
    const before = counts.get(file) ?? 0;
    counts.set(file, before + words.length);
    return before;
  });
}

/** The most probable sequence of tags that the scheme allows. Words without probabilities are `O`. */
function bestTags(
  probabilities: Float32Array,
  labels: readonly string[],
  moves: ReturnType<typeof legalTransitions>,
): string[] {
  const outside = labels.indexOf("O");
  const scores = probabilities.map((value, at) => {
    if (Number.isNaN(value)) return at % labels.length === outside ? 0 : -1e3;
    return Math.log(Math.max(value, 1e-30));
  });
  return Array.from(viterbi(scores, moves), (label) => labels[label]!);
}

function spansOf(gold: readonly string[], proposed: readonly string[], quality: Float64Array): SuspectSpan[] {
  const kinds = errorsByKind([gold], [proposed], { examples: Number.POSITIVE_INFINITY });
  const lowest = (spans: readonly (EntitySpan | undefined)[]): number =>
    Math.min(...spans.flatMap((span) => (span ? [...quality.subarray(span.start, span.end)] : [])));
  const found = Object.entries(kinds).flatMap(([kind, { examples }]) =>
    examples.map(({ gold, predicted }) => ({
      kind: kind as ErrorKind,
      ...(gold && { gold }),
      ...(predicted && { proposed: predicted }),
      score: lowest([gold, predicted]),
    })),
  );
  return found.sort((a, b) => a.score - b.score);
}
