/**
 * Puts text on one line: line ends, control characters and characters that YAML cannot hold become spaces.
 */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]+/gu, " ").trim();
}

/**
 * Puts text on one line and escapes it so that Markdown shows it as is, without links, emphasis, HTML or
 * table cells.
 */
export function inline(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]<>|]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, (underscores) =>
      underscores.replaceAll("_", "\\_"),
    );
}

/** A section's text by the recipe's author, who can use Markdown; HF's placeholder if there is none. */
export function prose(text: string | undefined): string {
  return text?.replace(/\r\n?/g, "\n").trim() || "More information needed";
}

/** Returns one name or several as a list of one-line names, without empty ones. */
export function names(value: string | readonly string[] | undefined): string[] {
  return list(value)
    .map(oneLine)
    .filter((name) => name !== "");
}

/** Returns one value or several as a list. */
export function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
