/** Formats figures for people, the same way in the terminal and on pages. */

/** `1234567` → `1,234,567`. */
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** `1 sentence`, `1,234 entities`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${Math.round(value) === 1 ? one : many}`;

/** Seconds as `0.4 s`, `42 s`, `12:34` (minutes) or `1:02:03` (hours). */
export function duration(seconds: number): string {
  if (seconds < 9.95 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** Bytes as `512 MB` or `1.9 GB`, in powers of ten. */
export const memory = (bytes: number): string =>
  bytes < 999.5e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** Parameters as `124 M` or `4,321`. */
export const parameterFigure = (value: number): string =>
  value < 1e6 ? count(value) : `${value < 1e7 ? (value / 1e6).toFixed(1) : count(value / 1e6)} M`;

/** A learning rate with three significant digits: `2e-5`, `1.85e-5`. */
export const rate = (value: number): string =>
  value === 0 ? "0" : value.toExponential(2).replace(/\.?0+e/, "e");

/** At most two decimals, without trailing zeros: `0.14`, `5`. */
export const epochs = (value: number): string => String(Math.round(value * 100) / 100);
