/** The arithmetic of check digits. Every function takes a number without separators. */

const digitAt = (text: string, at: number): number => text.charCodeAt(at) - 48;

/** Luhn's sum, as in payment cards. https://en.wikipedia.org/wiki/Luhn_algorithm */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, doubles = false; at >= 0; at--, doubles = !doubles) {
    const digit = digitAt(digits, at);
    sum += doubles ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 === 0;
}

/** The rest of a number in base 10 modulo 97, in which letters count as 10 to 35. ISO 7064. */
export function mod97(code: string): number {
  let rest = 0;
  for (let at = 0; at < code.length; at++) {
    const unit = code.charCodeAt(at);
    rest = unit < 58 ? (rest * 10 + unit - 48) % 97 : (rest * 100 + unit - 55) % 97;
  }
  return rest;
}

/** Whether the sum of the digits, each times its weight, is divisible. */
export function isWeighted(digits: string, weights: readonly number[], modulus: number): boolean {
  return weightedSum(digits, weights) % modulus === 0;
}

export const weightedSum = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * digitAt(digits, at), 0);
