import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";

/** A file of the source tree, by its path from `src/`, and what it imports. */
export interface SourceFile {
  readonly path: string;
  /** Paths from `src/` of the files it imports, and bare names of modules (`node:fs`). */
  readonly imports: readonly string[];
}

/** What a source text imports: `import`, `import type`, `export … from`, `import()` and `import("…").Type`. */
export function importsOf(text: string): string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier))
        found.add(node.moduleSpecifier.text);
    } else if (ts.isImportTypeNode(node)) {
      if (ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
        found.add(node.argument.literal.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteralLike(name)) found.add(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest));
  return [...found];
}

/** Source texts by their paths, as files that know each other. */
export const sourceFiles = (texts: Readonly<Record<string, string>>): SourceFile[] =>
  Object.entries(texts).map(([path, text]) => ({
    path,
    imports: importsOf(text).map((name) =>
      name.startsWith(".") ? posix.join(dirname(path), name).replace(/\.js$/, ".ts") : name,
    ),
  }));

/** All files of `src/`. */
export function house(root: string): SourceFile[] {
  const source = join(root, "src");
  const paths = readdirSync(source, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"));
  return sourceFiles(
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(source, path), "utf8")])),
  );
}
