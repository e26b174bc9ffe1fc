/**
 * Formats rows as columns of text, two spaces apart. The first column and those in `left` are left-aligned,
 * the others right-aligned.
 */
export function table(
  rows: readonly (readonly string[])[],
  indent = "",
  left: readonly number[] = [],
): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 || left.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    return `${indent}${cells.join("  ")}`.trimEnd();
  });
}

const widthOf = (lines: readonly string[]): number => Math.max(0, ...lines.map((line) => line.length));

/** Like {@link table}, with rows and columns exchanged if that makes a table narrower that is too wide. */
export function fittingTable(rows: readonly (readonly string[])[], width: number, indent = ""): string[] {
  const lines = table(rows, indent);
  if (widthOf(lines) <= width) return lines;
  const exchanged = table(
    rows[0]!.map((_, column) => rows.map((row) => row[column]!)),
    indent,
  );
  return widthOf(exchanged) < widthOf(lines) ? exchanged : lines;
}
