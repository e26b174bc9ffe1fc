/** The syntax tree of a regular expression that can be matched in linear time. */
export type Node =
  | { readonly kind: "empty" }
  /** One character of a class, written as JavaScript does: `[a-z]`, `\d`, `.`. */
  | { readonly kind: "one"; readonly source: string }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Node[] }
  | {
      readonly kind: "repeat";
      readonly node: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    }
  /** The beginning or end of the text or of a line, or of a word. */
  | { readonly kind: "at"; readonly place: "start" | "end" | "boundary" | "inside" }
  /** The character before or after this place is, or is not, of a class. */
  | { readonly kind: "look"; readonly behind: boolean; readonly negative: boolean; readonly source: string };

/** What is wrong with an expression: it has no place in the syntax, or it cannot be matched in linear time. */
export class Unsupported {
  constructor(readonly what: string) {}
}

const ESCAPED =
  /\\(?:p\{[\w=]+\}|P\{[\w=]+\}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[dDwWsStnrfv0]|[^\p{L}\p{N}])/uy;
const CLASS = /\[(?:\\.|[^\]\\])*\]/suy;
const COUNT = /\{(\d+)(?:(,)(\d*))?\}/y;
const GROUP = /\((?:\?:|\?<[A-Za-z_]\w*>)?(?!\?)/y;
const LOOK = /\(\?(<?)([=!])/y;

/**
 * Parses an expression in JavaScript's syntax. Backreferences, and lookarounds at more than one character, are not
 * supported: no engine matches them in linear time.
 *
 * @throws Unsupported
 */
export function parsed(source: string): Node {
  const parser = new Parser(source);
  const node = parser.choice();
  if (!parser.isDone) throw new Unsupported("a bracket that closes nothing");
  return node;
}

class Parser {
  private at = 0;

  constructor(private readonly source: string) {}

  get isDone(): boolean {
    return this.at >= this.source.length;
  }

  choice(): Node {
    const parts = [this.sequence()];
    while (this.source[this.at] === "|") {
      this.at++;
      parts.push(this.sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    while (!this.isDone && this.source[this.at] !== "|" && this.source[this.at] !== ")") {
      parts.push(this.repeated(this.atom()));
    }
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  private repeated(node: Node): Node {
    const bounds = this.bounds();
    if (bounds === undefined) return node;
    if (node.kind === "at" || node.kind === "look") throw new Unsupported("a repeated assertion");
    const lazy = this.source[this.at] === "?";
    if (lazy) this.at++;
    if (this.source[this.at] === "+") throw new Unsupported("a possessive quantifier");
    return { kind: "repeat", node, ...bounds, lazy };
  }

  private bounds(): { least: number; most: number } | undefined {
    const mark = this.source[this.at];
    if (mark === "*" || mark === "+" || mark === "?") {
      this.at++;
      return { least: mark === "+" ? 1 : 0, most: mark === "?" ? 1 : Number.POSITIVE_INFINITY };
    }
    const match = this.match(COUNT);
    if (match === undefined) return undefined;
    const least = Number(match[1]);
    const most =
      match[2] === undefined ? least : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
    return { least, most };
  }

  private atom(): Node {
    const mark = this.source[this.at]!;
    if (mark === "(") return this.group();
    if (mark === "[") return { kind: "one", source: this.required(CLASS, "a class that does not end") };
    if (mark === "\\") return this.escaped();
    if (mark === "^" || mark === "$") {
      this.at++;
      return { kind: "at", place: mark === "^" ? "start" : "end" };
    }
    if ("*+?{}]".includes(mark)) throw new Unsupported(`${mark} where a character must be`);
    const character = String.fromCodePoint(this.source.codePointAt(this.at)!);
    this.at += character.length;
    return { kind: "one", source: character };
  }

  private escaped(): Node {
    const next = this.source[this.at + 1];
    if (next === "b" || next === "B") {
      this.at += 2;
      return { kind: "at", place: next === "b" ? "boundary" : "inside" };
    }
    if (next !== undefined && /[1-9k]/.test(next)) throw new Unsupported("a backreference");
    return { kind: "one", source: this.required(ESCAPED, "an unknown escape") };
  }

  private group(): Node {
    const look = this.match(LOOK);
    if (look !== undefined) return this.look(look[1] === "<", look[2] === "!");
    this.required(GROUP, "an unknown kind of group");
    const inner = this.choice();
    this.close();
    return inner;
  }

  private look(behind: boolean, negative: boolean): Node {
    const inner = this.choice();
    this.close();
    const classes = (inner.kind === "choice" ? inner.parts : [inner]).map((part) => {
      if (part.kind !== "one") throw new Unsupported("a lookaround at more than one character");
      return part.source;
    });
    if (classes.length > 1) throw new Unsupported("a choice in a lookaround: use a class such as [ab]");
    return { kind: "look", behind, negative, source: classes[0]! };
  }

  private close(): void {
    if (this.source[this.at] !== ")") throw new Unsupported("a bracket that is not closed");
    this.at++;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found !== null) this.at = pattern.lastIndex;
    return found ?? undefined;
  }

  private required(pattern: RegExp, what: string): string {
    const found = this.match(pattern);
    if (found === undefined) throw new Unsupported(what);
    return found[0];
  }
}
