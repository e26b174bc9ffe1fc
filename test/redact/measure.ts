import type { Finding } from "../../src/redact/finding.js";
import type { Gold, MarkedText } from "./corpus/marked.js";

/** What was found of a corpus, by type. */
export interface TypeCounts {
  readonly gold: number;
  readonly found: number;
  readonly missed: string[];
}

/** Compares what was found with the marks: a mark is found if all its characters are covered, whatever the type. */
export function compared(
  texts: readonly MarkedText[],
  find: (text: string) => readonly Pick<Finding, "type" | "start" | "end">[],
  isCounted: (gold: Gold) => boolean = () => true,
) {
  const types = new Map<string, { gold: number; found: number; missed: string[] }>();
  const wrong: string[] = [];
  for (const { text, gold } of texts) {
    const findings = find(text);
    const isFound = new Array<boolean>(text.length).fill(false);
    for (const { start, end } of findings) isFound.fill(true, start, end);
    for (const mark of gold.filter(isCounted)) {
      const counts = types.get(mark.type) ?? { gold: 0, found: 0, missed: [] };
      types.set(mark.type, counts);
      counts.gold++;
      if (isFound.slice(mark.start, mark.end).every(Boolean)) counts.found++;
      else counts.missed.push(`${text.slice(mark.start, mark.end)} in: ${text}`);
    }
    for (const { type, start, end } of findings)
      if (!gold.some((mark) => mark.start < end && start < mark.end))
        wrong.push(`${type} ${text.slice(start, end)} in: ${text}`);
  }
  return { types: types as ReadonlyMap<string, TypeCounts>, wrong };
}
