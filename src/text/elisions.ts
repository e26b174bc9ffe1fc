/** Words that are written together with an apostrophe: French and Italian articles, English clitics. */

const isApostrophe = (mark: string | undefined): boolean => mark === "'" || mark === "’";

const CLITIC = /(?<=.)(?:n['’]t|['’](?:s|m|d|re|ve|ll))$/i;

/** Returns where `n't`, `'s` or a similar ending begins in a word, or the end of the word if it has none. */
export function cliticStart(text: string, start: number, end: number): number {
  if (!isApostrophe(text[end - 2]) && !isApostrophe(text[end - 3])) return end;
  const tail = text.slice(Math.max(start, end - 5), end);
  const found = CLITIC.exec(tail);
  return found === null ? end : end - found[0].length;
}

const CLITIC_ALONE = /['’](?:s|m|d|re|ve|ll)(?![\p{L}\p{M}\p{N}_'’])/iuy;

/**
 * Returns the end of a clitic whose apostrophe is at `at`, directly after what is no letter: `S24's`,
 * `U.S.'s`. Of clitics that stand alone, only `'s` is one, as in text that was split before.
 */
export function cliticAfter(text: string, at: number): number | undefined {
  if (!isApostrophe(text[at]) || at === 0) return undefined;
  CLITIC_ALONE.lastIndex = at;
  const [found] = CLITIC_ALONE.exec(text) ?? [];
  if (found === undefined || (/\s/.test(text[at - 1]!) && !/^.s$/i.test(found))) return undefined;
  return at + found.length;
}

/** Words that lose their last vowel before another vowel: French `l'`, `qu'` …, Italian `dell'`, `un'` …. */
const ELIDED = new Set(
  (
    "l d j m t s n c v qu jusqu lorsqu puisqu quoiqu un nessun ciascun alcun dell all dall nell sull coll " +
    "gl degl dagl agl negl sugl quest quell bell tutt mezz anch dov com cos quand senz sott"
  ).split(" "),
);
const LONGEST = Math.max(...Array.from(ELIDED, ({ length }) => length));

/** What follows: a vowel, or anything that may be a name or a number. */
const FOLLOWS = /^[\p{Lu}\p{N}aeiouyhàâäéèêëìîïòôöùûüœæ]/u;
const FOLLOWS_OUTSIDE = /^[\p{N}«“"‹]/u;

/**
 * Returns the end of an elided article or pronoun at the beginning of a word, with its apostrophe, or `start`
 * if there is none. `D'Angelo` and `L'Oréal` are names as a whole, unless the text is French or Italian.
 *
 * @param end end of the word; the article may be all of it, before a number or quotation mark
 */
export function elisionEnd(text: string, start: number, end: number): number {
  const apostrophe = apostropheIn(text, start, Math.min(end, start + LONGEST));
  if (apostrophe <= start || !ELIDED.has(text.slice(start, apostrophe).toLowerCase())) return start;
  const next = text.slice(apostrophe + 1, apostrophe + 2);
  if (apostrophe === end)
    return FOLLOWS_OUTSIDE.test(next) && !isApostrophe(text[start - 1]) ? apostrophe + 1 : start;
  if (!FOLLOWS.test(next) || cliticStart(text, start, end) === apostrophe) return start;
  const isMaybeName = /\p{Lu}/u.test(text[start]!) && /\p{Lu}/u.test(next);
  return isMaybeName && !isRomance(text, start, end) ? start : apostrophe + 1;
}

function apostropheIn(text: string, start: number, last: number): number {
  for (let at = start; at <= last; at++) if (isApostrophe(text[at])) return at;
  return -1;
}

/** Characters around a name that are looked at to tell its language. */
const AROUND = 200;

/** Words that are frequent in French or Italian and rare in other languages, and elisions of small letters. */
const ROMANCE =
  /(?<![\p{L}\p{M}\p{N}'’])(?:(?:les|des|une|est|dans|qui|ont|avec|sont|aux|che|della|delle|dei|degli|nel|nella|è|sono)(?![\p{L}\p{M}\p{N}'’])|(?:l|d|qu|dell|all|un)['’][aeiouhéèê])/u;

const isRomance = (text: string, start: number, end: number): boolean =>
  ROMANCE.test(text.slice(Math.max(0, start - AROUND), start)) || ROMANCE.test(text.slice(end, end + AROUND));
