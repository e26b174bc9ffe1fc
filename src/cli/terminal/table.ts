/** Rows as columns of text, two spaces apart: the first column to the left, the others to the right, as figures are read. */
export function table(rows: readonly (readonly string[])[], indent = ""): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    return `${indent}${cells.join("  ")}`.trimEnd();
  });
}
