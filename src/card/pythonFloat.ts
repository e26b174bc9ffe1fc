import { fixed } from "../evaluate/fixed.js";

/** Formats a float like Python's `str`: `1.0`, `2e-05`, `0.1`; also `nan` and `inf`. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

/** Formats a whole number without a point, and any other number like Python: `5`, `0.5`. */
export function wholeOrFloat(value: number): string {
  return Number.isSafeInteger(value) ? `${value}` : pythonFloat(value);
}

/**
 * Formats a float for a card, with four digits after the point if Python's `str` has more (`_maybe_round` of
 * modelcard.py).
 */
export function rounded(value: number): string {
  const text = pythonFloat(value);
  return (text.split(".")[1]?.length ?? 0) > 4 ? fixed(value, 4) : text;
}

/** Formats a score with four digits, rounded as Python does. */
export const fixed4 = (value: number): string => fixed(value, 4);
