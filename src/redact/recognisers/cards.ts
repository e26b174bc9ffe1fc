import { isLuhn } from "./checkDigits.js";
import type { NumberKind } from "./numbers.js";
import { ContextWords } from "./surroundings.js";

/** Prefixes and lengths of payment cards. https://en.wikipedia.org/wiki/Payment_card_number */
const BRANDS: readonly (readonly [prefix: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 16, 19]],
  [/^(?:6011|64[4-9]|65|62)/, [16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [12, 13, 14, 15, 16, 17, 18, 19]],
];

const isCard = (digits: string): boolean =>
  BRANDS.some(([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length)) &&
  isLuhn(digits);

/** Payment cards. Short numbers without separators are only cards if a word says so. */
export const cards: NumberKind = {
  type: "CREDIT_CARD",
  alone: ["4~4~4~4", "4~4~4~4~3", "4~6~5", "4~6~4", "4.4.4.4", "4~4~4~1", "6~13", "15", "16", "19"],
  near: ["12", "13", "14", "17", "18", "4~4~4"],
  context: new ContextWords([
    ...["card", "cards", "credit", "debit", "visa", "mastercard", "amex", "american express", "discover"],
    ...[
      "diners",
      "jcb",
      "maestro",
      "unionpay",
      "cc",
      "pan",
      "kreditkarte",
      "karte",
      "carte",
      "tarjeta",
      "carta",
    ],
    ...["cartão", "kaart", "card number", "card no", "ccn"],
  ]),
  isValid: isCard,
  hasCheckDigit: true,
};
