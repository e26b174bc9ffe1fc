/**
 * Formats a number with a fixed number of digits after the point, like Python's format `.4f`. A value exactly
 * in the middle is rounded to the even digit, whereas `toFixed` rounds it away from zero (0.125 becomes
 * `0.12`, not `0.13`).
 */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (digits > 0 ? `.${"0".repeat(digits)}` : "");
  // A double exactly in the middle has digits + 1 decimal digits and as many binary ones. All others need no
  // care.
  const exact = Number.isInteger(value * 2 ** (digits + 1)) ? value.toFixed(digits + 1) : "";
  if (!exact.endsWith("5")) return value.toFixed(digits);
  const cut = digits === 0 ? exact.slice(0, -2) : exact.slice(0, -1);
  return Number(cut.at(-1)) % 2 === 0 ? cut : value.toFixed(digits);
}
