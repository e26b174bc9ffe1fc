import { mod97 } from "./checkDigits.js";
import type { Group } from "./groups.js";
import type { LongNumber } from "./numbers.js";

/** Length of an IBAN by country. https://www.swift.com/standards/data-standards/iban-international-bank-account-number */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
  FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32
  LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24
  RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((each) => [each.slice(0, 2), Number(each.slice(2))]),
);

/** International bank account numbers, in groups of four or unbroken. */
export const iban: LongNumber = {
  type: "IBAN_CODE",
  at(text, chain, first) {
    if (!/^AA99/.test(chain[first]!.shape)) return undefined;
    const { start } = chain[first]!;
    const length = IBAN_LENGTHS[text.slice(start, start + 2).toUpperCase()];
    const found = length === undefined ? undefined : joined(text, chain, first, length, 4);
    if (found === undefined || mod97(found.value.slice(4) + found.value.slice(0, 4)) !== 1) return undefined;
    return found;
  },
};

/** Identifiers of legal entities: 18 letters and digits, then two check digits. ISO 17442. */
export const lei: LongNumber = {
  type: "LEI",
  at(text, chain, first) {
    const { shape } = chain[first]!;
    if (shape.length !== 20 || !shape.endsWith("99") || !shape.includes("A")) return undefined;
    const found = joined(text, chain, first, 20, 20);
    return found !== undefined && mod97(found.value) === 1 ? found : undefined;
  },
};

/** Joins groups of one size, of which the last may be shorter, to a number of this length. */
function joined(text: string, chain: readonly Group[], first: number, length: number, size: number) {
  let value = "";
  for (let at = first; at < chain.length && value.length < length; at++) {
    const { start, end, joint } = chain[at]!;
    if (at > first && joint !== " " && joint !== "-") return undefined;
    value += text.slice(start, end).toUpperCase();
    const isWhole = at === first && value.length === length;
    if (value.length === length) return isWhole || end - start <= size ? { end, value } : undefined;
    if (end - start !== size) return undefined;
  }
  return undefined;
}
