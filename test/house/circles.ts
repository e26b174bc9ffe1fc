import type { SourceFile } from "./imports.js";

/** Groups of files that import each other, directly or indirectly (strongly connected components). */
export function circles(files: readonly SourceFile[]): string[][] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): void => {
    const own = index.size;
    index.set(path, own);
    low.set(path, own);
    open.push(path);
    for (const next of importsOf.get(path) ?? []) {
      if (!importsOf.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (open.includes(next)) low.set(path, Math.min(low.get(path)!, low.get(next)!));
    }
    if (low.get(path) !== own) return;
    const group = open.splice(open.indexOf(path));
    if (group.length > 1 || importsOf.get(path)!.includes(path)) found.push(group.sort());
  };
  for (const { path } of files) if (!index.has(path)) visit(path);
  return found;
}
