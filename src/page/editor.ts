import { byId, element } from "./dom.js";
import { type Mark, type MarkedLine, markedLines } from "./markedLines.js";

/**
 * The field for the text. Marks are drawn under it, in a copy of the text with the same lines, because a textarea
 * cannot contain elements. Only lines that change are drawn again.
 */
export class Editor {
  private readonly area = byId<HTMLTextAreaElement>("text");
  private readonly backdrop = byId("backdrop");
  private drawn: readonly MarkedLine[] = [];

  /** @param changed is called when the user changes the text */
  constructor(changed: () => void) {
    this.area.addEventListener("input", changed);
  }

  get text(): string {
    return this.area.value;
  }

  set text(value: string) {
    this.area.value = value;
  }

  focus(): void {
    this.area.focus();
  }

  /** Draws these marks under the present text. They are in the order of their starts. */
  draw(marks: readonly Mark[]): void {
    const lines = markedLines(this.text, marks);
    const isDrawn = (line: MarkedLine | undefined, other: MarkedLine | undefined) => line?.key === other?.key;
    const shortest = Math.min(lines.length, this.drawn.length);
    let before = 0;
    while (before < shortest && isDrawn(lines[before], this.drawn[before])) before++;
    let after = 0;
    while (after < shortest - before && isDrawn(lines.at(-1 - after), this.drawn.at(-1 - after))) after++;
    for (let old = this.drawn.length - after; old > before; old--) this.backdrop.children[old - 1]!.remove();
    const next = this.backdrop.children[before] ?? null;
    const made = document.createDocumentFragment();
    for (const line of lines.slice(before, lines.length - after)) made.append(lineElement(line));
    this.backdrop.insertBefore(made, next);
    this.drawn = lines;
  }

  /** Selects a part of the text and scrolls to it. */
  select(start: number, end: number): void {
    this.area.focus({ preventScroll: true });
    this.area.setSelectionRange(start, end);
    this.markAt(start)?.scrollIntoView({ block: "nearest" });
  }

  /** The mark that begins at this offset of the text. */
  private markAt(start: number): Element | undefined {
    const before = this.text.slice(0, start).split("\n");
    let rest = before.at(-1)!.length;
    for (const part of this.backdrop.children[before.length - 1]!.childNodes) {
      if (rest === 0 && part instanceof Element) return part;
      rest -= part.textContent!.length;
    }
    return undefined;
  }
}

/** One line of the copy. An empty line keeps its height by a line feed, which is the end of its own line. */
function lineElement({ parts }: MarkedLine): HTMLElement {
  const line = element("div");
  for (const { text, mark, room } of parts) {
    if (mark === undefined) {
      line.append(text);
      continue;
    }
    const marked = element("mark", { "data-type": mark.name }, text);
    marked.style.setProperty("--hue", String(mark.hue));
    marked.style.setProperty("--room", String(room));
    line.append(marked);
  }
  if (parts.length === 0) line.append("\n");
  return line;
}
