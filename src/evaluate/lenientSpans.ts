import type { EntitySpan } from "./entitySpan.js";
import { emptyTag } from "./errors.js";
import { memoised } from "./memoised.js";

interface Tag {
  /** The first character, whatever it is. */
  readonly prefix: string;
  readonly type: string;
}

const BEFORE_THE_FIRST: Tag = { prefix: "O", type: "" };
const BETWEEN_SENTENCES: Tag = { prefix: "O", type: "_" };

/**
 * Finds entities as seqeval's default mode does: `get_entities` of seqeval/metrics/sequence_labeling.py.
 *
 * All sentences are read in one pass, with an `O` between every two. If a prefix is not B, I, E, S or O, an
 * entity can begin in an earlier sentence. seqeval counts such entities, so one pass covers everything.
 */
export function lenientSpans(sentences: readonly (readonly string[])[]): EntitySpan[] {
  const read = memoised(lenientTag);
  const spans: EntitySpan[] = [];
  let previous = BEFORE_THE_FIRST;
  let start = 0;
  let position = 0;
  const visit = (tag: Tag): void => {
    if (endsBefore(previous, tag)) spans.push({ type: previous.type, start, end: position });
    if (startsAt(previous, tag)) start = position;
    previous = tag;
    position += 1;
  };
  for (const [index, tags] of sentences.entries()) {
    for (const tag of tags) {
      if (tag === "") throw emptyTag(index + 1);
      visit(read(tag));
    }
    visit(BETWEEN_SENTENCES);
  }
  return spans;
}

/** `B-a-b` is B of type `a-b`; `Bx` is B of type `x`; a bare prefix has the type `_`. */
function lenientTag(tag: string): Tag {
  const prefix = String.fromCodePoint(tag.codePointAt(0)!);
  const rest = tag.slice(prefix.length);
  return { prefix, type: rest.slice(rest.indexOf("-") + 1) || "_" };
}

function endsBefore(previous: Tag, tag: Tag): boolean {
  if (previous.prefix === "E" || previous.prefix === "S") return true;
  const open = previous.prefix === "B" || previous.prefix === "I";
  if (open && (tag.prefix === "B" || tag.prefix === "S" || tag.prefix === "O")) return true;
  return previous.prefix !== "O" && previous.prefix !== "." && previous.type !== tag.type;
}

function startsAt(previous: Tag, tag: Tag): boolean {
  if (tag.prefix === "B" || tag.prefix === "S") return true;
  const closed = previous.prefix === "E" || previous.prefix === "S" || previous.prefix === "O";
  if (closed && (tag.prefix === "E" || tag.prefix === "I")) return true;
  return tag.prefix !== "O" && tag.prefix !== "." && previous.type !== tag.type;
}
