import type { Finding, Recogniser } from "../finding.js";
import { UNCHECKED } from "./numbers.js";

const MONTHS =
  "jan(?:uary|uar|vier|eiro|uari)?|feb(?:ruary|ruar|ruari|rero|braio)?|f[ée]v(?:rier|ereiro)?|m[äa]r(?:ch|z|s|zo|ço|t)?|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|ma[yi](?:o|us)?|mei|maart|maggio|jun[ie]?(?:o|us)?|juin|junho|giugno|jul[iy]?(?:o|us)?|juil(?:let)?|julho|luglio|aug(?:ust|ustus)?|ao[ûu]t|ago(?:sto)?|sep(?:t|tember|tembre|tiembre)?|set(?:tembre|embro)?|o[ck]t(?:ober|obre|ubre)?|out(?:ubro)?|ottobre|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embre|embro)?|d[ée]c(?:embre)?|dic(?:iembre|embre)?";

/** The forms of dates. */
export const dateForms: readonly string[] = [
  "\\d{4}-\\d{2}-\\d{2}(?:[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d{2}:?\\d{2})?)?",
  "\\d{4}[./]\\d{1,2}[./]\\d{1,2}",
  "\\d{1,2}([./-])\\d{1,2}\\1(?:\\d{4}|\\d{2})",
  `\\d{1,2}(?:st|nd|rd|th|er|º|\\.)?(?: (?:of|de|di))?[ -](?:${MONTHS})\\.?(?:,? (?:de |del )?\\d{4}|-\\d{2,4})?`,
  `(?:${MONTHS})\\.? \\d{1,2}(?:st|nd|rd|th)?(?:,? \\d{4})?`,
  `(?:${MONTHS})\\.?,? \\d{4}`,
];
const DATE = new RegExp(
  `(?<![\\p{L}\\p{N}_.-])(?:${dateForms.join("|")})(?![\\p{L}\\p{N}_]|[-./]\\d)`,
  "giu",
);

/** Finds dates. They have no check digit, so this recogniser is off unless it is asked for. */
export class DateRecogniser implements Recogniser {
  readonly name = "date";
  readonly types = ["DATE_TIME"];

  *find(text: string): Generator<Finding> {
    for (const { index: start, 0: match } of text.matchAll(DATE)) {
      if (!isDate(match)) continue;
      yield {
        ...{ type: "DATE_TIME", start, end: start + match.length },
        ...{ score: UNCHECKED, certainty: "unchecked", recogniser: this.name },
      };
    }
  }
}

/** Whether the figures can be a year, a month and a day in some order. */
function isDate(text: string): boolean {
  const [first, second, third] = (text.split(/[T:]/)[0]!.match(/\d+/g) ?? []).map(Number);
  if (first === undefined) return false;
  if (second === undefined || third === undefined) return /\p{L}/u.test(text) && first > 0;
  const [low, high] = first > 31 ? [second, third] : [first, second];
  return low > 0 && high > 0 && Math.min(low, high) <= 12 && Math.max(low, high) <= 31;
}

const NUMBER = /(?<![\p{L}\p{N}_])\d(?:[ .,/-]?\d){4,}(?![\p{L}\p{N}_])/gu;

/** Finds all numbers with five digits or more. Off unless it is asked for. */
export class BareNumberRecogniser implements Recogniser {
  readonly name = "number";
  readonly types = ["NUMBER"];

  *find(text: string): Generator<Finding> {
    for (const { index: start, 0: match } of text.matchAll(NUMBER))
      yield {
        ...{ type: "NUMBER", start, end: start + match.length },
        ...{ score: UNCHECKED, certainty: "unchecked", recogniser: this.name },
      };
  }
}
