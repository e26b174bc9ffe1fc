import { type TextWord, wordsIn } from "../../text/splitWords.js";
import type { TextDocument } from "../../text/textDocument.js";
import { USUAL_RULES, type WordRules } from "../../text/wordRules.js";
import { edgesOf } from "./cutWords.js";
import { firstEndingBehind } from "./fittedSpans.js";
import type { SpanPolicy } from "./spanProblem.js";

/** What {@link wordRulesFor} found, with the reason for each rule that is not the usual one. */
export interface FoundRules extends WordRules {
  readonly notes: readonly string[];
}

const HAN = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u;
const HYPHEN = /[-‐‑]/;

/**
 * Decides how texts are split into words, so that their entities are words. If an entity ends within a Chinese
 * or Japanese word, all characters of these scripts become words, as in most corpora; and with the policy
 * `split`, if one ends at a hyphen within a word, all hyphens. A model is then trained on words that it will
 * find in other texts, too.
 *
 * @param asked rules that are not to be decided
 */
export function wordRulesFor(
  documents: Iterable<TextDocument>,
  policy: SpanPolicy,
  asked: Partial<WordRules>,
): FoundRules {
  let { unspaced, hyphens } = asked;
  if (policy !== "split") hyphens ??= USUAL_RULES.hyphens;
  const notes: string[] = [];
  if (unspaced === undefined || hyphens === undefined)
    for (const document of documents) {
      if (unspaced !== undefined && hyphens !== undefined) break;
      if (document.words !== undefined) continue;
      const isInside = insideWords(document.text);
      for (const place of edgesOf(document)) {
        const around = document.text.slice(Math.max(0, place - 1), place + 1);
        if (unspaced === undefined && isHan(document.text, place) && isInside(place)) {
          unspaced = "characters";
          notes.push("entities end within Chinese or Japanese words, so each character is a word");
        }
        if (hyphens === undefined && HYPHEN.test(around) && isInside(place)) {
          hyphens = "split";
          notes.push("entities end at hyphens within words, so each hyphen is a word");
        }
      }
    }
  return { ...USUAL_RULES, ...(unspaced && { unspaced }), ...(hyphens && { hyphens }), notes };
}

/** True if the characters on both sides of a place are Chinese or Japanese. */
const isHan = (text: string, place: number): boolean =>
  HAN.test([...text.slice(Math.max(0, place - 2), place)].at(-1) ?? "") &&
  HAN.test([...text.slice(place, place + 2)][0] ?? "");

/** Returns a function that tells if a place of a text is inside a word. Splits the text when that is asked. */
function insideWords(text: string): (place: number) => boolean {
  let words: readonly TextWord[] | undefined;
  return (place) => {
    words ??= [...wordsIn(text)];
    const word = words[firstEndingBehind(words, place)];
    return word !== undefined && place > word.start && place < word.end;
  };
}
