/**
 * How Python's pipeline gets from tokens to entities, reproduced exactly, including its heuristics:
 * `TokenClassificationPipeline` of transformers 5.23, without what only slow tokenizers need. Its scores are
 * float32, so scores are rounded to float32 here.
 *
 * @see
 *   https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/pipelines/token_classification.py
 */

/**
 * How tokens become entities, as in Python. `none` returns each token with its label. `simple` groups
 * neighbouring tokens. `first`, `average` and `max` first give all tokens of a word the same label: that of
 * its first token, of the mean of its tokens' probabilities, or of its most certain token.
 */
export type AggregationStrategy = "none" | "simple" | "first" | "average" | "max";

/** A token of a text, as the model sees it: Python's `pre_entity`. */
export interface ScoredToken {
  /** The token as written in the vocabulary; an unknown token as written in the text. */
  readonly word: string;
  /** Probabilities of the labels. `[labels]` */
  readonly scores: Float32Array;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly index: number;
  /** True if it continues the word of the token before it. */
  readonly isSubword: boolean;
}

/** A token or a word with the label chosen for it. */
export interface Labelled {
  readonly label: string;
  readonly score: number;
  readonly start: number;
  readonly end: number;
  /** Returns its tokens as text. Call it only for entities that are returned: it is the slowest part. */
  word(): string;
}

/** Neighbouring tokens or words of one type: Python's `entity_group`. */
export interface TokenGroup extends Omit<Labelled, "label"> {
  readonly type: string;
}

/** What the grouping needs from the model and the tokenizer. */
export interface Vocabulary {
  readonly labels: readonly string[];
  /** Python's `convert_tokens_to_string`. */
  readonly textOf: (tokens: readonly string[]) => string;
}

/**
 * Returns whether a token continues a word. If the vocabulary marks such tokens, their length decides,
 * otherwise the spaces around their start.
 */
export function isSubword(
  text: string,
  placed: { readonly token: string; readonly start: number; readonly end: number },
  marksContinuations: boolean,
): boolean {
  const { token, start, end } = placed;
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

/** Yields each token with its most probable label. */
export function* labelledTokens(
  tokens: Iterable<ScoredToken>,
  { labels }: Vocabulary,
): Generator<Labelled & { readonly index: number }> {
  for (const { scores, index, word, start, end } of tokens) {
    const label = argmax(scores);
    yield { label: labels[label]!, score: scores[label]!, index, word: () => word, start, end };
  }
}

/** Yields groups of neighbouring tokens of one type; `O` is a type too. */
export function* groups(
  tokens: Iterable<ScoredToken>,
  strategy: Exclude<AggregationStrategy, "none">,
  vocabulary: Vocabulary,
): Generator<TokenGroup> {
  const labelled =
    strategy === "simple"
      ? labelledTokens(tokens, vocabulary)
      : labelledWords(wordsOf(tokens), strategy, vocabulary);
  for (const members of groupsOf(labelled)) yield group(members, vocabulary);
}

/** Python's `aggregate_words`. */
function* wordsOf(tokens: Iterable<ScoredToken>): Generator<ScoredToken[]> {
  let word: ScoredToken[] = [];
  for (const token of tokens) {
    if (word.length > 0 && !token.isSubword) {
      yield word;
      word = [];
    }
    word.push(token);
  }
  if (word.length > 0) yield word;
}

/** Python's `aggregate_word`. */
function* labelledWords(
  words: Iterable<readonly ScoredToken[]>,
  strategy: "first" | "average" | "max",
  { labels, textOf }: Vocabulary,
): Generator<Labelled> {
  for (const tokens of words) {
    const scores = wordScores(tokens, strategy);
    const label = argmax(scores);
    yield {
      label: labels[label]!,
      score: scores[label]!,
      word: () => textOf(tokens.map(({ word }) => word)),
      start: tokens[0]!.start,
      end: tokens.at(-1)!.end,
    };
  }
}

function wordScores(tokens: readonly ScoredToken[], strategy: "first" | "average" | "max"): Float32Array {
  const all = tokens.map(({ scores }) => scores);
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

/** Python's `group_entities`: a group begins at a `B-` label, and where the type changes. */
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

/** Python's `get_tag`. A label without a prefix continues a group. */
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

/** Returns the part of a label after its first hyphen: Python's `label.split("-", 1)[-1]`. */
export const typeOf = (label: string): string => label.slice(label.indexOf("-") + 1);

const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b));

/** Returns the index of the largest value, or the first of several equal ones. */
const argmax = (values: Float32Array): number => values.indexOf(largest(values));
