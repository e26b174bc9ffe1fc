import { NO_TAG, type TagScheme } from "./sentence.js";

/**
 * The prefix that all schemes but IO write before the type. A bare prefix (`B`) belongs to an entity without
 * a type.
 */
const TAG = /^([BIESLU])(?:-(.+))?$/s;

interface SplitTag {
  /** `O` outside of entities, and for a word that does not count. */
  readonly prefix: string;
  readonly type: string;
}

function splitTag(tag: string, scheme: TagScheme): SplitTag {
  if (tag === "O" || tag === NO_TAG) return { prefix: "O", type: "" };
  const [, prefix, type = ""] = TAG.exec(tag) ?? [];
  // Plain class labels; some of them may have an `I-` prefix.
  if (scheme === "IO") return { prefix: "I", type: prefix === "I" && type !== "" ? type : tag };
  return prefix === undefined ? { prefix: "I", type: tag } : { prefix, type };
}

const joinTag = (prefix: string, type: string): string => (type === "" ? prefix : `${prefix}-${type}`);

/**
 * Converts the tags of one sentence to another scheme. Tags that break their scheme are read as in seqeval's
 * default mode: an entity begins where the one before it cannot continue. Conversion to `IO` puts `I-` before
 * each type. Conversion from `IO` joins neighbouring words of the same class into one entity.
 */
export function toScheme(tags: readonly string[], from: TagScheme, to: TagScheme): readonly string[] {
  if (from === to) return tags;
  const split = tags.map((tag) => splitTag(tag, from));
  const begins = split.map((tag, index) => tag.prefix !== "O" && beginsEntity(split[index - 1], tag, from));
  return split.map(({ prefix, type }, index) => {
    if (prefix === "O") return tags[index]!;
    const next = split[index + 1];
    const last = next === undefined || next.prefix === "O" || begins[index + 1] === true;
    const previous = index === 0 ? undefined : split[index - 1];
    const touches = previous !== undefined && previous.prefix !== "O" && previous.type === type;
    return joinTag(writtenPrefix(to, begins[index]!, last, touches), type);
  });
}

function beginsEntity(previous: SplitTag | undefined, tag: SplitTag, scheme: TagScheme): boolean {
  if (previous === undefined || previous.prefix === "O" || previous.type !== tag.type) return true;
  if (scheme === "IO") return false;
  return "BSU".includes(tag.prefix) || "ESLU".includes(previous.prefix);
}

/** @param touches true if the word before it belongs to an entity of the same type */
function writtenPrefix(scheme: TagScheme, first: boolean, last: boolean, touches: boolean): string {
  switch (scheme) {
    case "IO":
      return "I";
    case "IOB1":
      return first && touches ? "B" : "I";
    case "IOB2":
      return first ? "B" : "I";
    case "IOBES":
      return first ? (last ? "S" : "B") : last ? "E" : "I";
    case "BILOU":
      return first ? (last ? "U" : "B") : last ? "L" : "I";
  }
}
