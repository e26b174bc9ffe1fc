import type { CountryCode, PhoneNumber } from "libphonenumber-js";
import type { Finding, Recogniser } from "../finding.js";
import { CHECKED } from "./numbers.js";
import { ContextWords, isWordAt, Surroundings, standsAlone } from "./surroundings.js";

type Parse = (text: string, country?: CountryCode) => PhoneNumber | undefined;

/**
 * How numbers are dialled inside of the countries that are tried near a word such as `phone`: their digits, without marks.
 * Only what has this form is parsed.
 */
const DIALLED: Readonly<Record<string, RegExp>> = {
  US: /^1?[2-9]\d\d[2-9]\d{6}$/,
  GB: /^0[1-357-9]\d{8,9}$/,
  DE: /^0[1-9]\d{4,12}$/,
  FR: /^0[1-9]\d{8}$/,
  ES: /^[6-9]\d{8}$/,
  IT: /^(?:0[1-9]\d{4,9}|3\d{8,9})$/,
  NL: /^0[1-9]\d{8}$/,
  BR: /^0?[1-9]{2}9?\d{8}$/,
  IN: /^0?[6-9]\d{9}$/,
  AU: /^0[234578]\d{8}$/,
};
const USUAL_COUNTRIES = Object.keys(DIALLED) as CountryCode[];

const CONTEXT = new ContextWords([
  ...[
    "phone",
    "phones",
    "phone number",
    "telephone",
    "tel",
    "tel.",
    "mobile",
    "cell",
    "cellphone",
    "cell phone",
  ],
  ...[
    "call",
    "called",
    "calling",
    "dial",
    "fax",
    "sms",
    "text me",
    "whatsapp",
    "contact",
    "reach",
    "ring",
    "hotline",
  ],
  ...[
    "voicemail",
    "landline",
    "handy",
    "telefon",
    "telefonnummer",
    "rufnummer",
    "mobil",
    "anrufen",
    "téléphone",
  ],
  ...[
    "portable",
    "appeler",
    "teléfono",
    "móvil",
    "llamar",
    "llame",
    "telefono",
    "cellulare",
    "chiamare",
    "telefone",
  ],
  ...["celular", "ligar", "telefoon", "mobiel", "bellen", "ph", "mob"],
]);

/** Numbers have 7 to 15 digits, and up to 4 before the code of their country. */
const LEAST_DIGITS = 7;
const MOST_DIGITS = 19;
const MARKS = " .-/\u00a0\u202f\u2011";

const NORTH_AMERICAN = /^(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.])[2-9]\d\d[-.]\d{4}$/;
/** Dates, times and decimal numbers, which some country's numbering allows too. */
const NO_PHONE =
  /^(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{2,4}|\d+\.\d+|\d{1,3}(?:\.\d{1,3}){3})$/;
const EXTENSION = /[ ,;]{0,2}(?:ext(?:ension|n)?\.?|x|durchwahl|poste)[ :.]{0,2}\d{1,6}(?!\d)/iy;

/**
 * Finds phone numbers that are valid as a whole: with the code of a country, in the form of North America, or, near a
 * word such as `phone` or for the countries that are given, as they are dialled in a country.
 */
export class PhoneRecogniser implements Recogniser {
  readonly name = "phone";
  readonly types = ["PHONE_NUMBER"];
  private readonly home: readonly CountryCode[];

  constructor(
    private readonly parse: Parse,
    countries: ReadonlySet<string>,
  ) {
    this.home = [...countries] as CountryCode[];
  }

  *find(text: string, context: string): Generator<Finding> {
    const surroundings = new Surroundings(text, context);
    const digit = /\d/g;
    for (let after = 0; ; ) {
      digit.lastIndex = after;
      const at = digit.exec(text)?.index;
      if (at === undefined) return;
      const { start, ends } = candidateAt(text, at, after);
      const found = this.longest(text, start, ends, surroundings);
      if (found !== undefined) yield found;
      after = found?.end ?? endOfDigits(text, at);
    }
  }

  private longest(
    text: string,
    start: number,
    ends: readonly number[],
    surroundings: Surroundings,
  ): Finding | undefined {
    for (let index = ends.length - 1; index >= 0; index--) {
      const end = ends[index]!;
      const number = standsAlone(text, start, end, CONTEXT.isLabel)
        ? this.numberIn(text, start, end, surroundings)
        : undefined;
      if (number === undefined) continue;
      EXTENSION.lastIndex = end;
      const whole = EXTENSION.exec(text) === null ? end : EXTENSION.lastIndex;
      return {
        ...{
          type: "PHONE_NUMBER",
          start,
          end: whole,
          value: number.number + text.slice(end, whole).replace(/\D/g, ""),
        },
        ...{ score: CHECKED, certainty: "checked", recogniser: this.name },
      };
    }
    return undefined;
  }

  private numberIn(
    text: string,
    start: number,
    end: number,
    surroundings: Surroundings,
  ): PhoneNumber | undefined {
    const written = text.slice(start, end);
    if (written.startsWith("+")) return valid(this.parse(written));
    if (NO_PHONE.test(written) || goesOnBefore(text, start)) return undefined;
    if (NORTH_AMERICAN.test(written)) return valid(this.parse(written, "US"));
    const isNear = CONTEXT.near(surroundings, start, end);
    const isWritten = /\D/.test(written);
    if (written.startsWith("00") && (isNear || isWritten)) return valid(this.parse(`+${written.slice(2)}`));
    const digits = written.replace(/\D/g, "");
    if (digits.length > MOST_AT_HOME) return undefined;
    const countries = isNear ? [...this.home, ...USUAL_COUNTRIES] : isWritten ? this.home : [];
    for (const country of countries) {
      if (!(DIALLED[country] ?? ANY).test(digits)) continue;
      const number = valid(this.parse(written, country));
      if (number !== undefined) return number;
    }
    return undefined;
  }
}

/** Whether digits and a mark stand directly before: this is the end of a longer number. */
const goesOnBefore = (text: string, start: number): boolean =>
  start > 1 && text[start] !== "(" && MARKS.includes(text[start - 1]!) && isDigitAt(text, start - 2);

/** Most digits of a number as it is dialled inside of a country. */
const MOST_AT_HOME = 13;
const ANY = /^\d/;

const valid = (number: PhoneNumber | undefined): PhoneNumber | undefined =>
  number?.isValid() ? number : undefined;

const endOfDigits = (text: string, from: number): number => {
  let at = from;
  while (isDigitAt(text, at)) at++;
  return at;
};

const isDigitAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
};

/** Returns where a number may begin, with its `+` and bracket, and where it may end, from short to long. */
function candidateAt(text: string, digit: number, least: number): { start: number; ends: number[] } {
  let start = digit;
  if (start > least && text[start - 1] === "(") start--;
  if (start > least && text[start - 1] === "+") start--;
  const ends: number[] = [];
  if (isWordAt(text, start - 1)) return { start, ends };
  let digits = 0;
  let open = text[start] === "(" || text[start + 1] === "(";
  for (let at = digit; ; ) {
    const end = endOfDigits(text, at);
    digits += end - at;
    if (digits > MOST_DIGITS) break;
    let next = end;
    if (open && text[next] === ")") {
      open = false;
      next++;
    }
    if (digits >= LEAST_DIGITS && !open) ends.push(end);
    // One mark, or two of which one is a space or a bracket: `030 / 12 34`, `(030) 12 34`, `+44 (0)20`.
    let marks = 0;
    while (marks < 3 && MARKS.includes(text[next] ?? "x")) {
      next++;
      marks++;
    }
    if (text[next] === "(" && !open) {
      open = true;
      next++;
    }
    if (next === end || !isDigitAt(text, next)) break;
    at = next;
  }
  return { start, ends };
}
