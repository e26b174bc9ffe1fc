import { counted } from "../../counted.js";
import type { TagScheme } from "../../text/sentence.js";
import { looksLikeTag } from "./outside.js";
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
  const shareOf = ({ count }: CountedTag) => `${count} of ${words} words`;
  const firstAt = ({ file, line }: CountedTag) => `first at ${file}:${line}`;
  if (outside !== undefined && outside !== "O") {
    const tag = tags.find((each) => each.tag === outside)!;
    notes.push(
      `No tag is O; ${JSON.stringify(outside)} is the tag of ${shareOf(tag)} and is read as O (${firstAt(tag)}).`,
    );
  } else if (outside === undefined && scheme === "IO" && most.count * 2 > words)
    notes.push(
      `No tag is O; ${most.tag} is the tag of ${shareOf(most)} (${firstAt(most)}). If it marks words outside of entities, replace it by O, or train with label_map: {${JSON.stringify(most.tag)}: O}.`,
    );
  else if (outside === undefined)
    notes.push(`No tag is O: every word is part of an entity (${firstAt(most)}).`);
  else if (most.tag !== "O" && most.count * 2 > words && words >= FEWEST)
    notes.push(`${most.tag} is the tag of ${shareOf(most)} (${firstAt(most)}), more than O.`);
  for (const each of tags) {
    const usual = read(each.tag);
    const type = usual === undefined || usual === "O" || scheme === "IO" ? "" : usual.slice(2);
    if (type !== "" && looksLikeTag(type))
      notes.push(
        `The type of the tag ${each.tag} looks like a tag itself: ${counted(each.count, "word")}, ${firstAt(each)}.`,
      );
  }
  return notes;
}

/** With fewer words than this, a type that most words have is nothing odd. */
const FEWEST = 20;
