/** A part of a long text that is sent alone. */
export interface Paragraph {
  readonly text: string;
  /** Where it begins in the whole text, in UTF-16 units. */
  readonly start: number;
}

/**
 * Cuts a text at blank lines. A paragraph that is longer than `longest` UTF-16 units is cut at the end of a line or
 * between words. Leaves out what is blank.
 */
export function paragraphs(text: string, longest: number): Paragraph[] {
  const found: Paragraph[] = [];
  const add = (from: number, to: number) => {
    const block = text.slice(from, to);
    for (let start = 0; start < block.length; ) {
      const end = start + partLength(block, start, longest);
      const part = block.slice(start, end);
      if (part.trim() !== "") found.push({ text: part, start: from + start });
      start = end;
    }
  };
  let from = 0;
  for (const { 0: gap, index } of text.matchAll(/\n\s*\n/g)) {
    add(from, index);
    from = index + gap.length;
  }
  add(from, text.length);
  return found;
}

/** How long the next part of a block is. */
function partLength(block: string, start: number, longest: number): number {
  if (block.length - start <= longest) return block.length - start;
  const window = block.slice(start, start + longest);
  for (const edge of ["\n", " "]) {
    const at = window.lastIndexOf(edge);
    if (at > longest / 2) return at + 1;
  }
  const isPair = /[\ud800-\udbff]$/.test(window);
  return isPair && longest > 1 ? longest - 1 : longest;
}
