import type { TagScheme } from "../text/sentence.js";
import type { EntitySpan } from "./entitySpan.js";
import { emptyTag, schemeNotRecognised, tagNotInScheme } from "./errors.js";
import { memoised } from "./memoised.js";
import { allows, SCHEMES, type SchemeRules, type StrictTag } from "./schemes.js";

/** The schemes of strict mode. `IO` is read as IOB1, which includes it. */
export type StrictScheme = TagScheme | "IOE1" | "IOE2";

const OUTSIDE: StrictTag = { prefix: "O", type: "_" };

/** Finds entities as seqeval's strict mode does: `Tokens.entities` of seqeval/scheme.py. */
export function strictSpans(sentences: readonly (readonly string[])[], scheme: StrictScheme): EntitySpan[] {
  const name = scheme === "IO" ? "IOB1" : scheme;
  const rules = SCHEMES[name];
  const readAny = memoised(strictTag);
  const spans: EntitySpan[] = [];
  let offset = 0;
  for (const [index, tags] of sentences.entries()) {
    const read = (tag: string): StrictTag => {
      if (tag === "") throw emptyTag(index + 1);
      const parsed = readAny(tag);
      if (rules.prefixes.includes(parsed.prefix)) return parsed;
      throw tagNotInScheme({ tag, scheme: name, prefixes: rules.prefixes, sentence: index + 1 });
    };
    collectSpans([...tags.map(read), OUTSIDE], rules, offset, spans);
    offset += tags.length + 1;
  }
  return spans;
}

/** Adds the entities of one sentence to `spans`. Its tags must end with an additional `O`. */
function collectSpans(
  tags: readonly StrictTag[],
  rules: SchemeRules,
  offset: number,
  spans: EntitySpan[],
): void {
  let previous = OUTSIDE;
  let index = 0;
  while (index < tags.length) {
    const tag = tags[index]!;
    if (allows(rules.start, previous, tag)) {
      let end = index + 1;
      while (allows(rules.inside, tags[end - 1]!, tags[end]!)) end += 1;
      if (allows(rules.end, tags[end - 1]!, tags[end]!)) {
        spans.push({ type: tag.type, start: offset + index, end: offset + end });
      }
      index = end;
    } else {
      index += 1;
    }
    previous = tags[index - 1]!;
  }
}

/**
 * `B-a-b` is B of type `a-b`. Hyphens at both ends of the type are dropped. A bare prefix has the type `_`.
 */
function strictTag(tag: string): StrictTag {
  const prefix = String.fromCodePoint(tag.codePointAt(0)!);
  return { prefix, type: tag.slice(prefix.length).replace(/^-+|-+$/g, "") || "_" };
}

/**
 * Detects the scheme from the prefixes of all tags, as seqeval's `auto_detect` does: IOB2, IOE2, IOBES or
 * BILOU.
 *
 * @throws NeriumError EVALUATE_SCHEME_UNKNOWN, EVALUATE_TAG_EMPTY
 */
export function seqevalScheme(sentences: readonly (readonly string[])[]): StrictScheme {
  const read = memoised(strictTag);
  const found = new Set<string>();
  for (const [index, tags] of sentences.entries()) {
    for (const tag of tags) {
      if (tag === "") throw emptyTag(index + 1);
      found.add(read(tag).prefix);
    }
  }
  const only = (allowed: string): boolean => [...found].every((prefix) => allowed.includes(prefix));
  if (found.has("B") && only("BIO")) return "IOB2";
  if (found.has("E") && only("EIO")) return "IOE2";
  if ((found.has("B") && found.has("E") && only("IOBES")) || (found.has("S") && only("S"))) return "IOBES";
  if ((found.has("B") && found.has("L") && only("BILOU")) || (found.has("U") && only("U"))) return "BILOU";
  throw schemeNotRecognised([...found].sort());
}
