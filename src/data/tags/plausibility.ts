import type { TagScheme } from "../../text/sentence.js";
import { looksOutside } from "./outside.js";
import type { CountedTag } from "./tagCounts.js";

/** Returns what makes tags as a whole implausible, in whole sentences. */
export function plausibilityNotes(
  tags: readonly CountedTag[],
  {
    outside,
    scheme,
    read,
  }: {
    readonly outside: string | undefined;
    readonly scheme: TagScheme;
    read(tag: string): string | undefined;
  },
): string[] {
  const words = tags.reduce((sum, { count }) => sum + count, 0);
  const notes: string[] = [];
  const [most] = tags.toSorted((a, b) => b.count - a.count);
  if (most === undefined) return notes;
  const share = `${most.count} of ${words} words`;
  if (outside !== undefined && outside !== "O")
    notes.push(
      `No tag is O; ${JSON.stringify(outside)} is the tag of ${share} and is read as O (first at ${most.file}:${most.line}).`,
    );
  else if (outside === undefined && scheme === "IO" && most.count * 2 > words)
    notes.push(
      `No tag is O; ${most.tag} is the tag of ${share} (first at ${most.file}:${most.line}). If it marks words outside of entities, use --label-map '{${JSON.stringify(most.tag)}: "O"}'.`,
    );
  else if (outside === undefined)
    notes.push(`No tag is O: every word is part of an entity (first at ${most.file}:${most.line}).`);
  for (const { tag, count, file, line } of tags) {
    const usual = read(tag);
    if (usual === undefined || usual === "O") continue;
    const type = scheme === "IO" ? "" : usual.slice(2);
    if (type !== "" && (looksOutside(type) || /^[BIESLU]-/.test(type)))
      notes.push(
        `The type of the tag ${tag} looks like a tag itself: ${count} words, first at ${file}:${line}.`,
      );
  }
  return notes;
}
