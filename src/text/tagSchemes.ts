import type { TagScheme } from "./sentence.js";

/** What all schemes but IO write before the type; a bare prefix (`B`) belongs to an entity without a named type. */
const TAG = /^([BIESLU])(?:-(.+))?$/s;

interface SplitTag {
  /** `O` outside entities. */
  readonly prefix: string;
  readonly type: string;
}

function splitTag(tag: string, scheme: TagScheme): SplitTag {
  if (tag === "O") return { prefix: "O", type: "" };
  const [, prefix, type = ""] = TAG.exec(tag) ?? [];
  // Plain class labels, some of which may stand behind an `I-`.
  if (scheme === "IO") return { prefix: "I", type: prefix === "I" && type !== "" ? type : tag };
  return prefix === undefined ? { prefix: "I", type: tag } : { prefix, type };
}

const joinTag = (prefix: string, type: string): string => (type === "" ? prefix : `${prefix}-${type}`);

/**
 * Recognises the scheme of a whole file from its tags.
 *
 * `L` or `U` make it BILOU, `E` or `S` IOBES. With `B` and `I` alone it is IOB1 where more entities begin with `I-` than
 * with a `B-` that separates nothing, else IOB2. Tags that are not all `O` or prefixed are class labels: IO.
 */
export class SchemeRecogniser {
  readonly #known = new Map<string, SplitTag>();
  readonly #prefixes = new Set<string>();
  #hasClasses = false;
  #begunInside = 0;
  #begunFreely = 0;

  /** @param tags of a sentence */
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

/** The scheme of the tags of some sentences. */
export function recognisedScheme(sentences: Iterable<readonly string[]>): TagScheme {
  const recogniser = new SchemeRecogniser();
  for (const tags of sentences) recogniser.add(tags);
  return recogniser.scheme;
}

/**
 * The tags of one sentence in another scheme. Tags that break their scheme are read as seqeval's default mode does: an
 * entity begins where the one before it cannot go on. To `IO` means `I-` before each type; from `IO`, words of the same
 * class that stand together become one entity.
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

/** @param touches the word before it is of an entity of the same type */
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
