import { codePoints } from "../text/codePoints.js";

/**
 * Formats a Markdown table, padded and centred like `make_markdown_table` of modelcard.py; an empty string
 * without rows.
 */
export function markdownTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const widths = headers.map((header, column) =>
    // Not as arguments of a single call: a long run can have more evaluations than a call can have arguments.
    rows.reduce((width, row) => Math.max(width, codePoints(row[column]!)), codePoints(header)),
  );
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell, column) => `| ${cell}${" ".repeat(widths[column]! - codePoints(cell) + 1)}`).join("")}|\n`;
  const rule = `${widths.map((width) => `|:${"-".repeat(width)}:`).join("")}|\n`;
  return line(headers) + rule + rows.map(line).join("");
}
