/**
 * English abbreviations that end in a period; single letters and initials are handled below. The first list
 * holds those that usually stand before a name or a number.
 */
const BEFORE_NAMES =
  "Mr Mrs Ms Messrs Dr Prof Gen Col Lt Maj Capt Cmdr Sgt Cpl Adm Sen Rep Gov Pres Rev Hon Fr St Ste Mt Ft No Nos vs v pp vol";
const OTHERS =
  "Jr Sr Inc Corp Co Cos Ltd Bros Assn Dept Univ Ave Blvd Rd Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec etc Ph.D " +
  "approx est Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa " +
  "Tenn Tex Va Vt Wash Wis Wyo";

const TITLES = new Set(BEFORE_NAMES.split(" "));
const KNOWN = new Set([...TITLES, ...OTHERS.split(" ")]);
const LONGEST = Math.max(...[...KNOWN].map(({ length }) => length));

const INITIALS = /^(?:\p{L}\.)*\p{L}$/u;

/** Matches `a.m.`, `U.S.` and `J.`. A single lowercase letter is not an initial. */
const isInitials = (word: string): boolean =>
  INITIALS.test(word) && (word.includes(".") || /^\p{Lu}$/u.test(word));

/** Returns true if the period after a word is part of the word. */
export function keepsPeriod(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length > 16) return false;
  const word = text.slice(start, end);
  if (length <= LONGEST && KNOWN.has(word)) return true;
  // "Iraq-U.N."
  return isInitials(word.slice(word.lastIndexOf("-") + 1)) || isItemNumber(text, start, word, end);
}

/** Matches `1.` at the beginning of a line, followed by a space or a tab. */
function isItemNumber(text: string, start: number, word: string, end: number): boolean {
  if (!/^\d{1,2}$/.test(word) || !/^[ \t]$/.test(text[end + 1] ?? "")) return false;
  return start === 0 || text[start - 1] === "\n";
}

/** Returns true if a name usually follows the word (given with its period): `Mr.`, `J.`. */
export function beginsName(word: string): boolean {
  const bare = word.slice(0, -1);
  return TITLES.has(bare) || /^\p{Lu}$/u.test(bare);
}
