/**
 * The unit of offsets: UTF-16 units, as in JavaScript; Unicode code points, as in Python; or bytes of UTF-8, as
 * in Go and Rust.
 */
export const OFFSET_UNITS = ["utf16", "code-points", "bytes"] as const;
export type OffsetUnit = (typeof OFFSET_UNITS)[number];

/** How a tool counts the characters of a text. */
export interface Counting {
  readonly unit: OffsetUnit;
  /** The line break `\r\n` counts as one character, as for tools that read `\n` instead. */
  readonly lineEnds?: "one";
}

/** How a file counts offsets, and how that was determined. */
export interface OffsetChoice extends Counting {
  /**
   * `asked`: the caller chose the unit. `texts`: with this unit, spans have the texts that the file gives for
   * them. `word boundaries`: with this unit, and not with the other, spans begin and end at word boundaries.
   * `no difference`: no span comes after a character that the units count differently. `format`: nothing
   * favours either unit, and this is the one that the format's tools use.
   */
  readonly why: "asked" | "texts" | "word boundaries" | "no difference" | "format";
  /** True if the format's own tools count in another way. */
  readonly unusual?: true;
}

/** Describes in words what offsets count. */
export const countingText = ({ unit, lineEnds }: Counting): string =>
  `${{ utf16: "UTF-16 units", "code-points": "code points", bytes: "bytes" }[unit]}${lineEnds === "one" ? ", with a line break \\r\\n as one" : ""}`;
