import { restorable } from "../tokens.js";
import { type Block, fixed, type Piece, plain } from "./block.js";
import { sectionsOf } from "./sections.js";
import { tagOf } from "./tags.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const RULE = /^[ \t]*(?:=+|(?:-[ \t]*)+|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
/** The line below the head of a table. */
const isTableRule = (text: string): boolean => text.includes("-") && /^[ \t:|-]+$/.test(text);
/** What stands before the text of a line: quotes, lists, tasks, headings, the keys of front matter. */
const PREFIX = /^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]))*[ \t]*(?:\[[ xX]\][ \t])?/;
const KEY = /^[\w-]{1,64}:[ \t]/;
/** Marks inside of a line: emphasis and code, the address of a link, brackets, tags and addresses in angles. */
const INLINE =
  /(?<link>\]\()|(?<emphasis>[*~`]+|(?<![\p{L}\p{N}_])_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![\p{L}\p{N}_]))|(?<tag><\/?[a-zA-Z][\w-]{0,64}(?:\s[^<>\n]{0,4096})?\/?>)|(?<bracket>[[\]|<>])/gu;

/** Reads Markdown. Its marks stay; code is read by patterns alone. */
export async function* markdownBlocks(parts: AsyncIterable<string>): AsyncGenerator<Block, void, undefined> {
  const reader = new MarkdownReader();
  for await (const section of sectionsOf(parts)) yield* reader.section(section);
}

class MarkdownReader {
  /** The mark that ends the code, if this is code. */
  private fence: string | undefined;
  private isFirst = true;
  private inFrontMatter = false;

  *section(section: string): Generator<Block> {
    let pieces: Piece[] = [];
    let isCode = this.fence !== undefined;
    const closed = (): Block[] => {
      const block = { pieces, context: "", isProse: !isCode };
      pieces = [];
      return block.pieces.length > 0 ? [block] : [];
    };
    for (const line of section.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      const text = line.replace(/\r?\n$/, "");
      const end = fixed(line.slice(text.length), "\n");
      const fence = FENCE.exec(text)?.[1];
      if (fence !== undefined && (this.fence === undefined || fence.startsWith(this.fence))) {
        yield* closed();
        this.fence = this.fence === undefined ? fence : undefined;
        isCode = this.fence !== undefined;
        pieces.push(fixed(line, "\n"));
      } else if (isCode) pieces.push(plain(text), end);
      else pieces.push(...this.line(text), end);
      this.isFirst = false;
    }
    yield* closed();
  }

  private line(text: string): Piece[] {
    if (text === "---" && (this.isFirst || this.inFrontMatter)) {
      this.inFrontMatter = this.isFirst;
      return [fixed(text)];
    }
    if (RULE.test(text) || isTableRule(text)) return [fixed(text, "\n")];
    const [prefix] = (this.inFrontMatter ? KEY : PREFIX).exec(text) ?? [""];
    return [fixed(prefix), ...inline(text.slice(prefix.length))];
  }
}

/** Takes a line apart. What looks redacted stays whole. */
function inline(text: string): Piece[] {
  const pieces: Piece[] = [];
  const tokens = [...text.matchAll(restorable())].map(
    ({ index, 0: token }) => [index, index + token.length] as const,
  );
  let from = 0;
  const before = (at: number) => {
    if (at > from) pieces.push(plain(text.slice(from, at)));
  };
  INLINE.lastIndex = 0;
  for (let match = INLINE.exec(text); match !== null; match = INLINE.exec(text)) {
    const at = match.index;
    const [mark] = match;
    if (tokens.some(([start, end]) => start <= at && at < end)) continue;
    const { link, emphasis, tag } = match.groups!;
    before(at);
    from = at + mark.length;
    if (link !== undefined) {
      const end = endOfAddress(text, from);
      pieces.push(fixed(mark, "]("), { ...plain(text.slice(from, end)), kind: "aside" });
      from = end;
    } else if (emphasis !== undefined) pieces.push(fixed(mark));
    else if (tag !== undefined) pieces.push(...tagPieces(tag));
    else pieces.push(fixed(mark, mark === "|" ? "\n\n" : mark));
    INLINE.lastIndex = from;
  }
  before(text.length);
  return pieces;
}

/** Texts in tags are read by patterns alone. */
const tagPieces = (tag: string): Piece[] =>
  tagOf(tag).pieces.map((each) => (each.kind === "prose" ? { ...each.piece, kind: "aside" } : each));

/** The address of a link ends at white space or at a bracket that was not opened in it. */
function endOfAddress(text: string, from: number): number {
  let open = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === "(") open++;
    else if (character === ")" && open-- === 0) return at;
    else if (/\s/.test(character)) return at;
  }
  return text.length;
}
