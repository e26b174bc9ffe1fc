import { CharacterKind, isCombining, kindAt } from "../../text/characters.js";
import type { TextWord } from "../../text/splitWords.js";
import type { Span, TextDocument, TextRange } from "../../text/textDocument.js";
import { firstEndingBehind, fittedSpans, unusable } from "./fittedSpans.js";
import type { SpanPolicy } from "./spanProblem.js";

/** Words, and the places where words were cut because entities begin or end there. */
export interface CutWords {
  readonly words: readonly TextWord[];
  readonly cuts: ReadonlySet<number>;
}

/**
 * Cuts words where entities begin and end: in scripts without spaces always, because the words there are only
 * a guess, and in others if the policy is `split`. Entities that are dropped cut nothing.
 */
export function cutWords(words: readonly TextWord[], document: TextDocument, policy: SpanPolicy): CutWords {
  const { text } = document;
  const mayCut = (place: number): boolean =>
    isBetweenCharacters(text, place) && (policy === "split" || isUnspaced(text, place));
  const inside = new Map<TextWord, number[]>();
  const find = (spans: readonly Span[]) => {
    inside.clear();
    for (const place of new Set(edgesOf({ text, spans }))) {
      const word = words[firstEndingBehind(words, place)];
      if (word === undefined || place <= word.start || place >= word.end || !mayCut(place)) continue;
      const places = inside.get(word);
      if (places === undefined) inside.set(word, [place]);
      else places.push(place);
    }
    return inside.size > 0;
  };
  if (!find(document.spans)) return { words, cuts: new Set() };
  find(fittedSpans(document, "", { overlaps: false, gaps: false }, policy).spans);
  const cuts = new Set([...inside.values()].flat());
  return { words: words.flatMap((word) => partsOf(word, inside.get(word) ?? [])), cuts };
}

function partsOf(word: TextWord, places: readonly number[]): TextWord[] {
  const edges = [word.start, ...places.toSorted((a, b) => a - b), word.end];
  return edges.slice(1).map((end, index) => {
    const start = edges[index]!;
    return { text: word.text.slice(start - word.start, end - word.start), start, end };
  });
}

/** Yields where the usable spans of a document begin and end, without white space at their ends. */
export function* edgesOf({ text, spans }: Pick<TextDocument, "text" | "spans">): Generator<number> {
  for (const span of spans) {
    if (unusable(span, text) !== undefined) continue;
    const { start, end } = trimmed(span, text);
    yield start;
    yield end;
  }
}

function trimmed({ start, end }: TextRange, text: string): TextRange {
  const slice = text.slice(start, end);
  return { start: end - slice.trimStart().length, end: start + slice.trimEnd().length };
}

/** False inside a surrogate pair, and before a combining mark. */
const isBetweenCharacters = (text: string, place: number): boolean =>
  !/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(place - 1, place + 1)) && !isCombining(text, place);

/** True if the character before or after a place is of a script without spaces. */
const isUnspaced = (text: string, place: number): boolean =>
  kindAt(text, place) === CharacterKind.Unspaced ||
  kindAt(text, baseBefore(text, place)) === CharacterKind.Unspaced;

/** Returns where the character before a place begins, without its combining marks. */
function baseBefore(text: string, place: number): number {
  let at = place;
  do at -= /[\udc00-\udfff]/.test(text[at - 1]!) && at > 1 ? 2 : 1;
  while (at > 0 && isCombining(text, at));
  return at;
}
