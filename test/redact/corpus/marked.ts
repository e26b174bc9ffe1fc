import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Something sensitive in a text of the corpus. */
export interface Gold {
  readonly type: string;
  /** In UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface MarkedText {
  readonly text: string;
  readonly gold: readonly Gold[];
}

/** Reads a text with marks: `Pay ⟦PERSON|Anna Smith⟧ by card.` */
export function unmarked(line: string): MarkedText {
  const gold: Gold[] = [];
  let text = "";
  for (const part of line.split(/(⟦[^⟧]*⟧)/)) {
    const mark = /^⟦([A-Z_]+)\|([^⟧]*)⟧$/.exec(part);
    if (mark !== null) gold.push({ type: mark[1]!, start: text.length, end: text.length + mark[2]!.length });
    text += mark?.[2] ?? part;
  }
  return { text, gold };
}

/** Reads a file of the corpus: one text a line, in which `\n` is a line break. Lines that begin with `#` are notes. */
export const corpus = (name: "situations" | "generated"): MarkedText[] =>
  readFileSync(join(import.meta.dirname, `${name}.txt`), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => unmarked(line.replaceAll("\\n", "\n")));
