import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";

/** A file of the source tree, by its path from `src/`, and what it imports. */
export interface SourceFile {
  readonly path: string;
  /** Paths from `src/` of the files it imports, and bare names of modules (`node:fs`). */
  readonly imports: readonly string[];
  /** Those of `imports` of which it uses more than types. */
  readonly values: readonly string[];
}

/** What a source text imports: `import`, `import type`, `export … from`, `import()` and `import("…").Type`. */
function importsOf(text: string): Pick<SourceFile, "imports" | "values"> {
  const [imports, values] = [new Set<string>(), new Set<string>()];
  const found = (name: ts.Node | undefined, isType: boolean): void => {
    if (name === undefined || !ts.isStringLiteralLike(name)) return;
    imports.add(name.text);
    if (!isType) values.add(name.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      found(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) found(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node))
      found(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      found(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest));
  return { imports: [...imports], values: [...values] };
}

/** Source texts by their paths, as files that know each other. */
export const sourceFiles = (texts: Readonly<Record<string, string>>): SourceFile[] =>
  Object.entries(texts).map(([path, text]) => {
    const pathOf = (name: string) =>
      name.startsWith(".") ? posix.join(dirname(path), name).replace(/\.js$/, ".ts") : name;
    const { imports, values } = importsOf(text);
    return { path, imports: imports.map(pathOf), values: values.map(pathOf) };
  });

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
