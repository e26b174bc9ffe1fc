/**
 * The regular expression of a path pattern as data set cards use them: `*` within a folder, `**` across folders, `?`,
 * `[ab]` and `{a,b}`.
 */
export function globExpression(pattern: string): RegExp {
  const parts = pattern.replace(/^\.?\//, "").match(/\*\*\/?|\*|\?|\[[^\]]*\]|\{[^}]*\}|[\s\S]/g) ?? [];
  return new RegExp(`^${parts.map(expressionOf).join("")}$`);
}

function expressionOf(part: string): string {
  if (part === "**/") return "(?:.*/)?";
  if (part === "**") return ".*";
  if (part === "*") return "[^/]*";
  if (part === "?") return "[^/]";
  if (part.length > 1 && part.startsWith("{"))
    return `(?:${part.slice(1, -1).split(",").map(literal).join("|")})`;
  if (part.length > 2 && part.startsWith("["))
    return `[${part.slice(1, -1).replace(/^!/, "^").replaceAll("\\", "\\\\")}]`;
  return literal(part);
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
