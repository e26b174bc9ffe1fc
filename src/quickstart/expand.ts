import type { Random } from "./random.js";

/** A word of a sentence with its tag in IOB2. */
export interface TaggedWord {
  readonly text: string;
  readonly tag: string;
}

/** A parsed template: words, slots, and groups. One branch of a group is used, or none if it is optional. */
export type Template = readonly Part[];

type Part =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "slot"; readonly name: string }
  | { readonly kind: "group"; readonly branches: readonly Template[]; readonly optional: boolean };

/**
 * Parses a template. Words are separated by spaces. `{name}` is a slot, `(a|b|c)` one of several
 * alternatives, `[a]` an optional part; both can be nested to any depth. `<` and `>` stand for round brackets
 * in the text:
 *
 *     [On {day} ,] {per} (joined|left) {org} [< as {role} >] .
 *
 * Throws SyntaxError for a bracket without its partner, and for a `|` outside of brackets.
 */
export function parseTemplate(source: string): Template {
  const tokens = source.match(/\{\w+\}|[()[\]|]|[^\s{}()[\]|]+/g) ?? [];
  let next = 0;
  const branchesUntil = (close: string | undefined): Part[][] => {
    const branches: Part[][] = [[]];
    while (next < tokens.length && tokens[next] !== close) {
      const token = tokens[next++]!;
      if (token === "|") branches.push([]);
      else branches[branches.length - 1]!.push(partOf(token));
    }
    if (tokens[next++] !== close) throw new SyntaxError(`no ${close} closes a bracket of: ${source}`);
    return branches;
  };
  const partOf = (token: string): Part => {
    if (token === "(") return { kind: "group", branches: branchesUntil(")"), optional: false };
    if (token === "[") return { kind: "group", branches: branchesUntil("]"), optional: true };
    if (token === ")" || token === "]") throw new SyntaxError(`nothing opens the ${token} of: ${source}`);
    if (token.startsWith("{")) return { kind: "slot", name: token.slice(1, -1) };
    return { kind: "word", text: token === "<" ? "(" : token === ">" ? ")" : token };
  };
  const [parts, ...more] = branchesUntil(undefined);
  if (more.length > 0) throw new SyntaxError(`a | outside of brackets in: ${source}`);
  return parts!;
}

/** Returns the words of a random expansion of a template. `slots` returns the words of a `{name}`. */
export function expand(
  template: Template,
  slots: (name: string) => readonly TaggedWord[],
  random: Random,
): TaggedWord[] {
  return template.flatMap((part): readonly TaggedWord[] => {
    if (part.kind === "word") return [{ text: part.text, tag: "O" }];
    if (part.kind === "slot") return slots(part.name);
    if (part.optional && random.chance(0.5)) return [];
    return expand(random.pick(part.branches), slots, random);
  });
}
