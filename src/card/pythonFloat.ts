import { fixed } from "../evaluate/fixed.js";

/** A float as Python's `str` writes it: `1.0`, `2e-05`, `0.1`; `nan` and `inf` too. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

/** A whole number without a point, any other as Python writes it: `5`, `0.5`. */
export function wholeOrFloat(value: number): string {
  return Number.isSafeInteger(value) ? `${value}` : pythonFloat(value);
}

/** A float in a card: four digits after the point where Python's `str` gives more (`_maybe_round` of modelcard.py). */
export function rounded(value: number): string {
  const text = pythonFloat(value);
  return (text.split(".")[1]?.length ?? 0) > 4 ? fixed(value, 4) : text;
}
