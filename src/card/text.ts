/** Text on one line: line ends, control characters and what YAML can't carry become spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]+/gu, " ").trim();
}

/** Text on one line that Markdown shows as it stands: no link, emphasis, HTML or table cell comes of it. */
export function inline(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]<>|]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, (underscores) =>
      underscores.replaceAll("_", "\\_"),
    );
}

/** A section's text by the recipe's author, who may write Markdown; HF's words where there is none. */
export function prose(text: string | undefined): string {
  return text?.replace(/\r\n?/g, "\n").trim() || "More information needed";
}

/** One name or several, as lines of their own, empty ones left out. */
export function names(value: string | readonly string[] | undefined): string[] {
  return list(value)
    .map(oneLine)
    .filter((name) => name !== "");
}

/** One value or several as a list. */
export function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
