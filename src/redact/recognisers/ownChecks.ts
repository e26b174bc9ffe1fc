import { isLuhn, isWeighted, weightedSum } from "./checkDigits.js";

/** Check digits that the library for national numbers does not know. Each function takes a compact number. */

/** Identity numbers of phones: 15 digits with Luhn's check digit. */
export const isImei = (digits: string): boolean => isLuhn(digits) && !/^(\d)\1+$/.test(digits);

/** Bank routing numbers of the USA. https://en.wikipedia.org/wiki/ABA_routing_transit_number */
export const isAbaRouting = (digits: string): boolean =>
  /^(?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/.test(digits) &&
  isWeighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1], 10);

/** National provider identifiers of the USA: Luhn's sum with the prefix 80840. */
export const isNpi = (digits: string): boolean => /^[12]/.test(digits) && isLuhn(`80840${digits}`);

/** Individual taxpayer numbers of the USA have no check digit, but fixed ranges. */
export const isItin = (digits: string): boolean => /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])/.test(digits);

/** Numbers of the National Health Service of the United Kingdom: modulo 11. */
export function isNhs(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  const check = 11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return check !== 10 && (check === 11 ? 0 : check) === Number(digits[9]);
}

/** Medicare numbers of Australia: the ninth digit checks the first eight. */
export const isMedicare = (digits: string): boolean =>
  /^[2-6]/.test(digits) && weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digits[8]);

/** Identity numbers of Singapore: a letter, seven digits and a letter that checks them. */
export function isNric(code: string): boolean {
  const [prefix, check] = [code[0]!, code[8]!];
  const sum = weightedSum(code.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]);
  if (prefix === "S" || prefix === "T") return "JZIHGFEDCBA"[(sum + (prefix === "T" ? 4 : 0)) % 11] === check;
  if (prefix === "F" || prefix === "G") return "XWUTRQPNMLK"[(sum + (prefix === "G" ? 4 : 0)) % 11] === check;
  return prefix === "M" && "KLJNPQRTUWX"[10 - ((sum + 3) % 11)] === check;
}

/** Health insurance numbers of Germany: a letter as two digits, then eight digits, weighted as in Luhn's sum. */
export function isKvnr(code: string): boolean {
  const digits = String(code.charCodeAt(0) - 64).padStart(2, "0") + code.slice(1, 9);
  const sum = [...digits].reduce((total, digit, at) => {
    const product = Number(digit) * (at % 2 === 0 ? 1 : 2);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return sum % 10 === Number(code[9]);
}

/** My Numbers of Japan: 12 digits, modulo 11. */
export function isMyNumber(digits: string): boolean {
  const rest = weightedSum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === Number(digits[11]);
}
