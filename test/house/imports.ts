import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";

/** A file of the source tree and its imports. Paths start in `src/`. */
export interface SourceFile {
  readonly path: string;
  /** The imported files by path, and imported modules by name (`node:fs`). */
  readonly imports: readonly string[];
  /** The entries of `imports` that are not imported as types only. */
  readonly values: readonly string[];
}

/**
 * The imports of a source text: `import`, `import type`, `export … from`, `import()` and `import("…").Type`.
 */
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

/** Makes source files from texts by path, with their imports resolved. */
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
