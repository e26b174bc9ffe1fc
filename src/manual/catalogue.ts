import type { Page } from "./pages.js";

/** What the page of errors says about a code. */
export interface ErrorEntry {
  readonly code: string;
  /** The part of Nerium that it belongs to, such as "Data". */
  readonly part: string;
  readonly when: string;
  readonly remedy: string;
}

/** Reads the tables of the page of errors. */
export function errorCatalogue({ text }: Page): readonly ErrorEntry[] {
  const entries: ErrorEntry[] = [];
  let part = "";
  for (const line of text.split("\n")) {
    part = /^## (.+)$/.exec(line)?.[1] ?? part;
    const [, code, when, remedy] = /^\| `([A-Z0-9_]+)` \| (.+?) \| (.+) \|$/.exec(line) ?? [];
    if (code !== undefined) entries.push({ code, part, when: cell(when!), remedy: cell(remedy!) });
  }
  return entries;
}

/** A bar inside a cell of a table is escaped. */
const cell = (text: string) => text.replaceAll("\\|", "|");
