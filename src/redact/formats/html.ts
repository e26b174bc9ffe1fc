import { type Block, fixed, type Piece, type TextPiece } from "./block.js";
import { decodedEntities, encodedText, knownParts } from "./entities.js";
import { endOfSection, LONGEST_SECTION } from "./sections.js";
import { tagOf } from "./tags.js";

/** Text that is read as one before a block ends at a tag that is not inline, and before it ends at any tag. */
const USUAL = 1024;
const MOST = 16_384;

const asIs = (text: string): string => text;

/**
 * Reads HTML. Text between tags and the values of attributes can change. Tags inside of a sentence, such as `<b>`, do
 * not cut it. Scripts and comments are read by patterns alone, and styles not at all.
 */
export async function* htmlBlocks(parts: AsyncIterable<string>): AsyncGenerator<Block, void, undefined> {
  const reader = new HtmlReader();
  let rest = "";
  for await (const part of parts) {
    rest += part;
    rest = rest.slice(reader.read(rest, false));
    yield* reader.taken();
  }
  reader.read(rest, true);
  reader.close();
  yield* reader.taken();
}

class HtmlReader {
  private done: Block[] = [];
  private pieces: Piece[] = [];
  private units = 0;
  /** The element whose content is no markup: a script or a style. */
  private raw: string | undefined;

  taken(): Block[] {
    const blocks = this.done;
    this.done = [];
    return blocks;
  }

  /** Reads what is there as a whole. Returns how far. */
  read(text: string, isLast: boolean): number {
    let at = 0;
    while (at < text.length) {
      const end = this.raw !== undefined ? this.readRaw(text, at, isLast) : this.readNext(text, at, isLast);
      if (end === undefined) break;
      at = end;
    }
    return at;
  }

  close(): void {
    if (this.pieces.length > 0) this.done.push({ pieces: this.pieces, context: "", isProse: true });
    this.pieces = [];
    this.units = 0;
  }

  private readNext(text: string, at: number, isLast: boolean): number | undefined {
    if (text[at] !== "<") return this.readText(text, at, isLast);
    const begin = text.slice(at, at + 4);
    if (begin.length < 4 && !isLast) return undefined;
    if (begin === "<!--") {
      const end = text.indexOf("-->", at + 4);
      if (end < 0 && !isLast) return undefined;
      const after = end < 0 ? text.length : end;
      this.add(fixed("<!--"), aside(text.slice(at + 4, after)));
      return after;
    }
    if (/^<[!?]/.test(begin)) {
      const end = text.indexOf(">", at);
      if (end < 0 && !isLast) return undefined;
      this.add(fixed(text.slice(at, end < 0 ? text.length : end + 1), "\n\n"));
      return end < 0 ? text.length : end + 1;
    }
    if (!/^<\/?[a-zA-Z]/.test(begin)) {
      this.addText("<");
      return at + 1;
    }
    const end = endOfTag(text, at);
    if (end === undefined && !isLast) return undefined;
    if (end === undefined) {
      this.add(aside(text.slice(at)));
      return text.length;
    }
    this.addTag(text.slice(at, end));
    return end;
  }

  private readText(text: string, at: number, isLast: boolean): number | undefined {
    const next = text.indexOf("<", at);
    const end = next < 0 ? text.length : next;
    if (end - at > LONGEST_SECTION) {
      const cut = at + endOfSection(text.slice(at, at + LONGEST_SECTION + 2));
      this.addText(text.slice(at, cut));
      this.close();
      return cut;
    }
    if (next < 0 && !isLast) return undefined;
    this.addText(text.slice(at, end));
    return end;
  }

  private readRaw(text: string, at: number, isLast: boolean): number | undefined {
    const close = new RegExp(`</${this.raw}`, "gi");
    close.lastIndex = at;
    const found = close.exec(text);
    if (found === null && !isLast) return undefined;
    const end = found?.index ?? text.length;
    if (end > at) this.add(this.raw === "style" ? fixed(text.slice(at, end)) : aside(text.slice(at, end)));
    this.raw = undefined;
    return end;
  }

  private add(...pieces: Piece[]): void {
    this.pieces.push(...pieces);
  }

  private addText(text: string): void {
    for (const { raw, isKnown } of knownParts(text))
      this.add(
        isKnown ? { kind: "text", raw, text: decodedEntities(raw), encode: encodedText } : fixed(raw, " "),
      );
    this.units += text.length;
  }

  private addTag(raw: string): void {
    const tag = tagOf(raw);
    if (this.units >= (tag.isInline ? MOST : USUAL)) this.close();
    for (const each of tag.pieces) {
      if (each.kind !== "prose") {
        this.add(each);
        continue;
      }
      this.close();
      this.add(each.piece);
      this.close();
    }
    if (!raw.startsWith("</") && !raw.endsWith("/>") && (tag.name === "script" || tag.name === "style"))
      this.raw = tag.name;
  }
}

/** Scripts and comments: written as they are, read by patterns alone. */
const aside = (text: string): TextPiece => ({ kind: "aside", raw: text, text, encode: asIs });

/** Returns the place behind the tag; nothing if it may come later. Marks in quotes do not end it. */
function endOfTag(text: string, start: number): number | undefined {
  const mark = /["'>]/g;
  mark.lastIndex = start + 1;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    if (match[0] === ">") return match.index + 1;
    // A quote only opens a value behind an equals sign.
    if (!/=\s*$/.test(text.slice(Math.max(start, match.index - 8), match.index))) continue;
    const close = text.indexOf(match[0], match.index + 1);
    if (close < 0) return undefined;
    mark.lastIndex = close + 1;
  }
  return undefined;
}
