import ts from "typescript";

/** A mention in a source text that only the file of an encoder family may contain. */
export interface Mention {
  readonly line: number;
  /** The literal or key, as in the source text. */
  readonly text: string;
}

/** Parts of parameter and buffer names in transformers. */
const names =
  /LayerNorm(?!alization)|\bgamma\b|\bbeta\b|^classifier$|classifier\.|encoder\.layer|\.layers?\.|_embeddings?\b|position_ids|\bqkv\b/;
/** Ends of names. They count only as arguments of one of the calls in `asks`. */
const ends = /\b(bias|weight)$/;
const asks = ["startsWith", "endsWith", "includes"];

/**
 * Finds the places where a text mentions a model type, a key of a family's config.json, or a parameter name.
 * Strings, templates, regular expressions and property names count; comments, module names and plain
 * variables do not.
 */
export function mentions(
  text: string,
  modelTypes: readonly string[],
  configKeys: readonly string[],
): Mention[] {
  const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true);
  const found: Mention[] = [];
  const add = (node: ts.Node, what: string): void => {
    found.push({ line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: what });
  };
  const isOfFamily = (literal: string): boolean =>
    modelTypes.includes(literal) || configKeys.includes(literal) || names.test(literal.replaceAll("\\", ""));
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportTypeNode(node)) return;
    if (
      ts.isStringLiteralLike(node) ||
      ts.isRegularExpressionLiteral(node) ||
      ts.isTemplateLiteralToken(node)
    ) {
      if (isOfFamily(node.text) || (isAsked(node) && ends.test(node.text))) add(node, node.text);
    } else if (ts.isIdentifier(node) && isKey(node) && configKeys.includes(node.text)) add(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** True if the node is an argument of `name.endsWith(…)` or a similar call. */
function isAsked({ parent }: ts.Node): boolean {
  if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression)) return false;
  return asks.includes(parent.expression.name.text);
}

/** True if an identifier is a property name: `config.KEY`, `{ KEY }`, `{ KEY: x }`, `KEY: type`. */
function isKey(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return (parent.propertyName ?? parent.name) === node;
  return ts.isShorthandPropertyAssignment(parent) || ts.isPropertySignature(parent);
}
