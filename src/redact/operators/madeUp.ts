import { isLuhn, mod97 } from "../recognisers/checkDigits.js";
import type { Choices } from "./choices.js";

const FIRST =
  "Alex Ada Amir Anna Arda Ava Ben Bela Bruno Cara Carla Chen Clara Cora Dana Daria David Dina Elena Eli Elif Emil Emma Eric Erin Esra Eva Fadi Farah Felix Finn Fiona Frida Gina Greta Hana Hugo Ida Igor Ines Ivan Iva Jana Jan Jasmin Jonas Judit Julia Karim Karl Kaya Kim Kira Laila Lara Lars Lea Lena Leo Lia Lina Linus Lisa Luca Lucia Luis Maja Malik Mara Marc Maria Marta Max Maya Mia Mila Milan Mina Mira Nadia Nala Nia Nico Nils Nina Noah Nora Olga Omar Oscar Otto Paul Petra Pia Rana Rania Rami Rosa Ruth Sam Sara Selma Sena Sofia Sven Tara Theo Tim Tina Tomas Uma Vera Vida Viktor Yara Yuki Zara Zoe".split(
    " ",
  );
const LAST_BEGIN =
  "Ash Bar Beck Bel Berg Bran Brook Cal Carl Cor Dal Dor Elm Fal Fern Field Gar Glen Gold Green Hal Hart Hazel Hol Ing Kel Kings Lang Lin Lock Mar Mer Mor Nor Oak Pal Park Ray Rook Rose Ross San Sel Stan Stone Strand Sund Tal Thorn Ving Wal Wel Wend West Win Wood York".split(
    " ",
  );
const LAST_END =
  "berg bourne bridge burg by cott croft dale den dorf feld field ford gate grave ham holm house hurst ing land ley lund man mark more ner ness quist ridge rup sen shaw son stad stead stein ston strom ten thal ton vik wald ward way well wick worth wright yard".split(
    " ",
  );
const TRADE =
  "Works Systems Partners Group Labs Trading Foods Energy Media Logistics Textiles Motors Bank Press Union".split(
    " ",
  );

/** What the value of a type is made up like. */
type Kind = (text: string, choices: Choices) => string;

const lastName: Kind = (_, choices) => choices.of(LAST_BEGIN) + choices.of(LAST_END);
const place: Kind = (_, choices) =>
  choices.of(LAST_BEGIN) +
  choices.of([
    "borough",
    "bury",
    "by",
    "dale",
    "ford",
    "ham",
    "haven",
    "mouth",
    "port",
    "ton",
    "ville",
    "wick",
  ]);

/** One word becomes a last name; more become a first and a last name. */
const person: Kind = (text, choices) => {
  const [first, last] = [choices.of(FIRST), lastName(text, choices)];
  return /\p{L}[\s.]+\p{L}/u.test(text) ? `${first} ${last}` : last;
};

/**
 * Other letters and digits in the same form: `AB-12` → `QX-70`. The first digit of a number does not become 0.
 */
export function reshaped(text: string, choices: Choices): string {
  return text.replace(/\p{Lu}|\p{L}|\p{N}/gu, (character, at: number) => {
    if (/\p{N}/u.test(character)) {
      const leads = at === 0 || !/\p{N}/u.test(text[at - 1]!);
      return leads && character !== "0" ? String(1 + choices.below(9)) : String(choices.below(10));
    }
    const letter = String.fromCharCode(97 + choices.below(26));
    return /\p{Lu}/u.test(character) ? letter.toUpperCase() : letter;
  });
}

/** Keeps the first digit, which tells the kind of card, and makes the check digit right. */
const card: Kind = (text, choices) => {
  const digits = text.replace(/\D/g, "");
  const body = digits[0] + Array.from({ length: digits.length - 2 }, () => choices.below(10)).join("");
  const check = Array.from({ length: 10 }, (_, digit) => String(digit)).find((digit) =>
    isLuhn(body + digit),
  )!;
  return refilled(text, body + check);
};

/** Keeps the country and makes the check digits right. */
const iban: Kind = (text, choices) => {
  const compact = text.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();
  const [country, account] = [compact.slice(0, 2), reshaped(compact.slice(4), choices)];
  const check = 98 - mod97(`${account}${country}00`);
  return refilled(text, country + String(check).padStart(2, "0") + account);
};

/** Writes letters and digits with the marks of another text. */
function refilled(text: string, compact: string): string {
  let at = 0;
  return text.replace(/[\p{L}\p{N}]/gu, () => compact[at++] ?? "");
}

/** A number of the block that is kept free for documents. https://www.rfc-editor.org/rfc/rfc5737 */
const ip: Kind = (text, choices) =>
  text.includes(":")
    ? `2001:db8::${choices.below(0xffff).toString(16)}:${(1 + choices.below(0xfffe)).toString(16)}`
    : `${choices.of(["192.0.2", "198.51.100", "203.0.113"])}.${1 + choices.below(254)}`;

const MONTH_NAMES = /\p{L}{3,}/gu;
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** A date in the same form. Days go up to 28, so that every month has them. */
const date: Kind = (text, choices) =>
  text
    .replace(MONTH_NAMES, (word) => {
      const month = choices.of(MONTHS);
      return word.length > 3 ? month : month.slice(0, 3);
    })
    .replace(/\d+/g, (digits) => {
      if (digits.length > 2) return String(1950 + choices.below(70));
      return String(1 + choices.below(12)).padStart(digits.length, "0");
    });

const KINDS: Readonly<Record<string, Kind>> = {
  PERSON: person,
  LOCATION: place,
  ORGANIZATION: (text, choices) =>
    /\s/.test(text) ? `${lastName(text, choices)} ${choices.of(TRADE)}` : lastName(text, choices),
  NRP: (_, choices) => `${choices.of(LAST_BEGIN)}ish`,
  EMAIL_ADDRESS: (text, choices) =>
    `${choices.of(FIRST).toLowerCase()}.${lastName(text, choices).toLowerCase()}${choices.below(100)}@example.${choices.of(["com", "org", "net"])}`,
  URL: (_, choices) =>
    `https://example.${choices.of(["com", "org", "net"])}/${reshaped("aaaaaaaa", choices)}`,
  CREDIT_CARD: card,
  IBAN_CODE: iban,
  IP_ADDRESS: ip,
  MAC_ADDRESS: (text, choices) =>
    refilled(text, `02${Array.from({ length: 10 }, () => choices.below(16).toString(16)).join("")}`),
  DATE_TIME: date,
};

/** Makes up a value of the same kind. */
export function madeUp(type: string, text: string, choices: Choices): string {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type]! : reshaped;
  for (let tries = 0; tries < 8; tries++) {
    const made = kind(text, choices);
    if (made.toLowerCase() !== text.toLowerCase()) return made;
  }
  return kind(text, choices);
}
