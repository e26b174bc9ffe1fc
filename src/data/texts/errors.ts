import { NeriumError } from "../../errors.js";

/** A table or record has no text in the requested column or, if none was requested, in one named `text`. */
export function textColumnMissing(missing: {
  readonly file: string;
  readonly line: number;
  readonly asked: number | string | undefined;
  readonly what: "column" | "key";
  readonly found: readonly string[];
}): NeriumError {
  const { file, line, asked = "text", what, found } = missing;
  const list = found.slice(0, 8).map((name) => name.slice(0, 60));
  return new NeriumError(
    "DATA_TEXT_COLUMN_MISSING",
    `There is no ${what} ${asked} for the texts; the ${what}s are: ${list.join(", ") || "none"}`,
    {
      where: `${file}:${line}`,
      remedy: `Name the ${what} with --text-column. If each line is a text, add --from text.`,
    },
  );
}
