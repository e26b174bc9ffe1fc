/** The unit of offsets: UTF-16 units, as in JavaScript, or Unicode code points, as in Python. */
export type OffsetUnit = "utf16" | "code-points";

/** The unit of a file's offsets, and how it was determined. */
export interface OffsetChoice {
  readonly unit: OffsetUnit;
  /**
   * `asked`: the caller chose the unit. `texts`: with this unit, spans have the texts that the file gives for
   * them. `word boundaries`: with this unit, and not with the other, spans begin and end at word boundaries.
   * `no difference`: no span comes after a character that the two units count differently. `format`: nothing
   * favours either unit, and this is the one that the format's tools use.
   */
  readonly why: "asked" | "texts" | "word boundaries" | "no difference" | "format";
}
