import type { TagScheme } from "./sentence.js";

/**
 * The prefix that all schemes but IO write before the type. A bare prefix (`B`) belongs to an entity without
 * a type.
 */
const TAG = /^([BIESLU])(?:-(.+))?$/s;

interface SplitTag {
  /** `O` outside of entities. */
  readonly prefix: string;
  readonly type: string;
}

function splitTag(tag: string, scheme: TagScheme): SplitTag {
  if (tag === "O") return { prefix: "O", type: "" };
  const [, prefix, type = ""] = TAG.exec(tag) ?? [];
  // Plain class labels; some of them may have an `I-` prefix.
  if (scheme === "IO") return { prefix: "I", type: prefix === "I" && type !== "" ? type : tag };
  return prefix === undefined ? { prefix: "I", type: tag } : { prefix, type };
}

const joinTag = (prefix: string, type: string): string => (type === "" ? prefix : `${prefix}-${type}`);

/**
 * Recognises the scheme of a whole file from its tags.
 *
 * `L` or `U` means BILOU, `E` or `S` means IOBES. If there are only `B` and `I`, it is IOB1 if more entities
 * begin with `I-` than with a `B-` that separates nothing, otherwise IOB2. If some tags are neither `O` nor
 * prefixed, the tags are class labels: IO. Files that mix BILOU and IOBES prefixes are also IO.
 */
export class SchemeRecogniser {
  readonly #known = new Map<string, SplitTag>();
  readonly #prefixes = new Set<string>();
  #hasClasses = false;
  #begunInside = 0;
  #begunFreely = 0;

  /** @param tags tags of one sentence */
  add(tags: readonly string[]): void {
    if (this.#hasClasses) return;
    let previous: SplitTag = { prefix: "O", type: "" };
    for (const text of tags) {
      let tag = this.#known.get(text);
      if (tag === undefined) {
        if (text !== "O" && !TAG.test(text)) {
          this.#hasClasses = true;
          return;
        }
        tag = splitTag(text, "IOB2");
        this.#known.set(text, tag);
        this.#prefixes.add(tag.prefix);
      }
      const continues = previous.prefix !== "O" && previous.type === tag.type;
      if (tag.prefix === "I" && !continues) this.#begunInside++;
      if (tag.prefix === "B" && !continues) this.#begunFreely++;
      previous = tag;
    }
  }

  get scheme(): TagScheme {
    const bilou = this.#prefixes.has("L") || this.#prefixes.has("U");
    const iobes = this.#prefixes.has("E") || this.#prefixes.has("S");
    if (this.#hasClasses || (bilou && iobes)) return "IO";
    if (bilou) return "BILOU";
    if (iobes) return "IOBES";
    return this.#begunInside > this.#begunFreely ? "IOB1" : "IOB2";
  }
}

/** Returns the tag scheme of some sentences. */
export function recognisedScheme(sentences: Iterable<readonly string[]>): TagScheme {
  const recogniser = new SchemeRecogniser();
  for (const tags of sentences) recogniser.add(tags);
  return recogniser.scheme;
}

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
    if (prefix === "O") return "O";
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
