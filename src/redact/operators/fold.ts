import type { Finding } from "../finding.js";

/** Returns what is the same for all spellings of a value: without case, possessive and runs of white space. */
export function folded({ value }: Pick<Finding, "value">, text: string): string {
  return (value ?? text)
    .normalize("NFKC")
    .replace(/['’]s$/iu, "")
    .replace(/['’]$/u, "")
    .replace(/\s+/gu, " ")
    .trim()
    .toUpperCase()
    .toLowerCase();
}
