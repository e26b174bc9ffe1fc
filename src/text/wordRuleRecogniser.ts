import { CharacterKind, isCombining, kindAt, lengthAt } from "./characters.js";
import { USUAL_RULES, type WordRules } from "./wordRules.js";

/** Fewer words than these say nothing. */
const ENOUGH = 5;
/** Up to this share of exceptions is noise. */
const NOISE = 0.1;

/** The first character of scripts without spaces; all of them come after it. */
const FIRST_UNSPACED = 0x0e00;

/** A hyphen between letters or digits, but not between two digits. */
const COMPOUND = /[\p{L}\p{M}][-‐‑][\p{L}\p{N}]|\p{N}[-‐‑]\p{L}/u;
const HYPHEN = /^[-‐‑]$/;

/** Finds out from the words of training data how they were split. */
export class WordRuleRecogniser {
  #characters = 0;
  #longer = 0;
  #hyphens = 0;
  #compounds = 0;

  /** @param words words of one sentence */
  add(words: readonly string[]): void {
    for (const [index, word] of words.entries()) {
      const isFar = word.charCodeAt(0) >= FIRST_UNSPACED;
      if (isFar && kindAt(word, 0) === CharacterKind.Unspaced) {
        if (isOneCharacter(word)) this.#characters++;
        else this.#longer++;
      } else if (word.length === 1 ? word === "-" || (isFar && HYPHEN.test(word)) : word.includes("-")) {
        if (word.length > 1) this.#compounds += COMPOUND.test(word) ? 1 : 0;
        else if (COMPOUND.test(`${words[index - 1]?.at(-1) ?? ""}-${words[index + 1]?.[0] ?? ""}`))
          this.#hyphens++;
      }
    }
  }

  get rules(): WordRules {
    const isRule = (count: number, exceptions: number) =>
      count >= ENOUGH && exceptions <= NOISE * (count + exceptions);
    return {
      unspaced: isRule(this.#characters, this.#longer) ? "characters" : USUAL_RULES.unspaced,
      hyphens: isRule(this.#hyphens, this.#compounds) ? "split" : USUAL_RULES.hyphens,
    };
  }
}

function isOneCharacter(word: string): boolean {
  let end = lengthAt(word, 0);
  while (end < word.length && isCombining(word, end)) end += lengthAt(word, end);
  return end === word.length;
}

/** Returns how the words of sentences were split. */
export function wordRulesOf(sentences: Iterable<{ readonly words: readonly string[] }>): WordRules {
  const recogniser = new WordRuleRecogniser();
  for (const { words } of sentences) recogniser.add(words);
  return recogniser.rules;
}
