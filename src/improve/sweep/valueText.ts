/** A value of a setting as people write it: 5e-5, not 0.00005. */
export function valueText(value: unknown): string {
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
