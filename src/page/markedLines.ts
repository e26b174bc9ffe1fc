import { labelRooms, type Marked, segments } from "../marks/index.js";

/** What a mark needs to know of its entity. */
export interface Mark extends Marked {
  /** Its label: the type, or the label of a token. */
  readonly name: string;
  readonly hue: number;
}

/** A part of a line: plain text, or a mark. */
export interface LinePart {
  readonly text: string;
  readonly mark?: Mark;
  /** How many characters the label can be longer than the mark. */
  readonly room: number;
}

/** A line of a text with its marks. */
export interface MarkedLine {
  readonly parts: readonly LinePart[];
  /** Lines with equal keys look the same. */
  readonly key: string;
}

/** Cuts a text into lines, and its marks at the ends of lines. Marks are in the order of their starts. */
export function markedLines(text: string, marks: readonly Mark[]): MarkedLine[] {
  let [start, first] = [0, 0];
  return text.split("\n").map((line) => {
    const end = start + line.length;
    while (first < marks.length && marks[first]!.end <= start) first++;
    const inLine: { start: number; end: number; mark: Mark }[] = [];
    for (let index = first; index < marks.length && marks[index]!.start < end; index++) {
      const mark = marks[index]!;
      if (mark.end > start)
        inLine.push({
          start: Math.max(0, mark.start - start),
          end: Math.min(line.length, mark.end - start),
          mark,
        });
    }
    const cut = [...segments(line, inLine)];
    const rooms = labelRooms(cut);
    const parts = cut.map(({ text: part, entity }, index) => ({
      text: part,
      room: rooms[index]!,
      ...(entity === undefined ? {} : { mark: entity.mark }),
    }));
    start = end + 1;
    const key = parts.map(({ text: part, mark }) =>
      mark === undefined ? part : `\u0000${mark.name} ${mark.hue}\u0000${part}\u0000`,
    );
    return { parts, key: key.join("") };
  });
}
