/**
 * Python's way from pieces to entities, to the letter, heuristics included: `TokenClassificationPipeline` of transformers
 * 5.23, without what only slow tokenizers need. Scores are float32 there, so they are rounded to it here.
 *
 * @see https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/pipelines/token_classification.py
 */

/**
 * How pieces become entities, as in Python: `none` gives each piece with its label; `simple` groups neighbouring pieces;
 * `first`, `average` and `max` first give all pieces of a word one label: that of its first piece, of the mean of its
 * pieces' probabilities, or of the piece that is most certain.
 */
export type AggregationStrategy = "none" | "simple" | "first" | "average" | "max";

/** A piece of a text, as the model sees it: Python's `pre_entity`. */
export interface ScoredPiece {
  /** As it stands in the vocabulary; an unknown piece as it stands in the text. */
  readonly word: string;
  /** Probabilities of the labels. `[labels]` */
  readonly scores: Float32Array;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly index: number;
  /** True where it goes on the word of the piece before. */
  readonly isSubword: boolean;
}

/** A piece or a word with the label chosen for it. */
export interface Labelled {
  readonly label: string;
  readonly score: number;
  readonly start: number;
  readonly end: number;
  /** Its pieces as text; asked for only where it is given to somebody, since it is the slowest of all this. */
  word(): string;
}

/** Neighbours of one type: Python's `entity_group`. */
export interface TokenGroup extends Omit<Labelled, "label"> {
  readonly type: string;
}

/** What the grouping asks of model and tokenizer. */
export interface Vocabulary {
  readonly labels: readonly string[];
  /** Python's `convert_tokens_to_string`. */
  readonly textOf: (tokens: readonly string[]) => string;
}

/** Whether a piece goes on a word: by its length where the vocabulary marks such pieces, else by the spaces around. */
export function isSubword(
  text: string,
  piece: { readonly token: string; readonly start: number; readonly end: number },
  marksContinuations: boolean,
): boolean {
  const { token, start, end } = piece;
  if (marksContinuations) return codePoints(token) !== codePoints(text.slice(start, end));
  return start > 0 && !text.slice(start - 1, start + 1).includes(" ");
}

const codePoints = (text: string): number => [...text].length;

/** numpy's softmax in float32. `[labels]` */
export function probabilities(logits: Float32Array): Float32Array {
  const highest = logits.reduce((a, b) => Math.max(a, b));
  const exponentials = logits.map((value) => Math.exp(Math.fround(value - highest)));
  const total = exponentials.reduce((sum, value) => Math.fround(sum + value), 0);
  return exponentials.map((value) => value / total);
}

/** Each piece with its most probable label. */
export function* labelledPieces(
  pieces: Iterable<ScoredPiece>,
  { labels }: Vocabulary,
): Generator<Labelled & { readonly index: number }> {
  for (const { scores, index, word, start, end } of pieces) {
    const label = argmax(scores);
    yield { label: labels[label]!, score: scores[label]!, index, word: () => word, start, end };
  }
}

/** Groups of neighbouring pieces of one type; `O` is a type too. */
export function* groups(
  pieces: Iterable<ScoredPiece>,
  strategy: Exclude<AggregationStrategy, "none">,
  vocabulary: Vocabulary,
): Generator<TokenGroup> {
  const labelled =
    strategy === "simple"
      ? labelledPieces(pieces, vocabulary)
      : labelledWords(wordsOf(pieces), strategy, vocabulary);
  for (const members of groupsOf(labelled)) yield group(members, vocabulary);
}

/** Python's `aggregate_words`. */
function* wordsOf(pieces: Iterable<ScoredPiece>): Generator<ScoredPiece[]> {
  let word: ScoredPiece[] = [];
  for (const piece of pieces) {
    if (word.length > 0 && !piece.isSubword) {
      yield word;
      word = [];
    }
    word.push(piece);
  }
  if (word.length > 0) yield word;
}

/** Python's `aggregate_word`. */
function* labelledWords(
  words: Iterable<readonly ScoredPiece[]>,
  strategy: "first" | "average" | "max",
  { labels, textOf }: Vocabulary,
): Generator<Labelled> {
  for (const pieces of words) {
    const scores = wordScores(pieces, strategy);
    const label = argmax(scores);
    yield {
      label: labels[label]!,
      score: scores[label]!,
      word: () => textOf(pieces.map(({ word }) => word)),
      start: pieces[0]!.start,
      end: pieces.at(-1)!.end,
    };
  }
}

function wordScores(pieces: readonly ScoredPiece[], strategy: "first" | "average" | "max"): Float32Array {
  const all = pieces.map(({ scores }) => scores);
  const first = all[0]!;
  switch (strategy) {
    case "first":
      return first;
    case "max":
      return all.reduce((best, scores) => (largest(scores) > largest(best) ? scores : best));
    case "average":
      return first.map(
        (_, label) => all.reduce((sum, scores) => Math.fround(sum + scores[label]!), 0) / all.length,
      );
  }
}

/** Python's `group_entities`: a `B-` begins a group, and so does another type than the one before. */
function* groupsOf(labelled: Iterable<Labelled>): Generator<Labelled[]> {
  let members: Labelled[] = [];
  let last: string | undefined;
  for (const each of labelled) {
    const { begins, tag } = tagOf(each.label);
    if (members.length > 0 && (tag !== last || begins)) {
      yield members;
      members = [];
    }
    members.push(each);
    last = tag;
  }
  if (members.length > 0) yield members;
}

/** Python's `get_tag`; what has no prefix goes on. */
function tagOf(label: string): { readonly begins: boolean; readonly tag: string } {
  const begins = label.startsWith("B-");
  return { begins, tag: begins || label.startsWith("I-") ? label.slice(2) : label };
}

/** Python's `group_sub_entities`. */
function group(members: readonly Labelled[], { textOf }: Vocabulary): TokenGroup {
  return {
    type: typeOf(members[0]!.label),
    score: members.reduce((sum, { score }) => sum + score, 0) / members.length,
    word: () => textOf(members.map((member) => member.word())),
    start: members[0]!.start,
    end: members.at(-1)!.end,
  };
}

/** What is behind the first hyphen: Python's `label.split("-", 1)[-1]`. */
export const typeOf = (label: string): string => label.slice(label.indexOf("-") + 1);

const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b));

/** The place of the largest value, the first where several are. */
const argmax = (values: Float32Array): number => values.indexOf(largest(values));
