import { expressionInvalid } from "../errors.js";
import type { Finding, Recogniser } from "../finding.js";
import { type LinearExpression, type Match, TooSlow } from "../linear/expression.js";

/** What the user lists or describes counts as sure. */
const SURE = { score: 1, certainty: "checked" } as const;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Finds the terms of a list, as whole words, in any case. */
export class TermRecogniser implements Recogniser {
  readonly name = "terms";
  readonly types: readonly string[];
  /** Terms by their first word. */
  private readonly terms = new Map<
    string,
    { readonly type: string; readonly term: string; readonly before: number }[]
  >();

  constructor(lists: Readonly<Record<string, readonly string[]>>) {
    this.types = Object.keys(lists);
    for (const [type, list] of Object.entries(lists))
      for (const term of list.map((each) => each.trim().toLowerCase())) {
        const first = /[\p{L}\p{N}\p{M}]+/u.exec(term);
        if (first === null) continue;
        const known = this.terms.get(first[0]);
        const entry = { type, term, before: first.index };
        if (known === undefined) this.terms.set(first[0], [entry]);
        else known.push(entry);
      }
  }

  *find(text: string): Generator<Finding> {
    for (const { index, 0: word } of text.matchAll(WORD))
      for (const { type, term, before } of this.terms.get(word.toLowerCase()) ?? []) {
        const start = index - before;
        const end = start + term.length;
        if (start < 0 || text.slice(start, end).toLowerCase() !== term || goesOn(text, end)) continue;
        yield { type, start, end, recogniser: this.name, value: term, ...SURE };
      }
  }
}

/** Whether a word reaches over this place. */
const goesOn = (text: string, at: number): boolean =>
  /^[\p{L}\p{N}\p{M}]{2}/u.test(text.slice(at - 1, at + 1)) && at < text.length;

/** Finds what the user's regular expressions match. */
export class ExpressionRecogniser implements Recogniser {
  readonly name = "patterns";
  readonly types: readonly string[];

  constructor(
    private readonly expressions: readonly { readonly type: string; readonly expression: LinearExpression }[],
  ) {
    this.types = [...new Set(expressions.map(({ type }) => type))];
  }

  *find(text: string): Generator<Finding> {
    for (const { type, expression } of this.expressions)
      for (const { start, end } of matchesOf(type, expression, text))
        yield { type, start, end, recogniser: this.name, ...SURE };
  }
}

/**
 * Yields the matches of an expression.
 *
 * @throws NeriumError REDACT_PATTERN_INVALID if that takes too long
 */
export function* matchesOf(type: string, expression: LinearExpression, text: string): Generator<Match> {
  try {
    yield* expression.matches(text);
  } catch (error) {
    throw error instanceof TooSlow ? expressionInvalid(type, "matching takes too long") : error;
  }
}
