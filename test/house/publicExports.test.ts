/** Whoever hovers over something that Nerium exports reads what it is, and for what can be called, an example. */
import { join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const entries = [
  "src/index.ts",
  "src/infer/public.ts",
  "src/redact/public.ts",
  "src/serve/index.ts",
  "src/web/index.ts",
].map((entry) => join(root, entry));

const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();

const exported = entries.flatMap((entry) =>
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)),
);

describe("what the package exports", () => {
  it("has a doc comment each", () => {
    expect(exported.length).toBeGreaterThan(40);
    const without = exported.filter((symbol) => symbol.getDocumentationComment(checker).length === 0);
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it("has an example each, if it is a function or a class", () => {
    const called = exported.filter(({ flags }) => flags & (ts.SymbolFlags.Value & ~ts.SymbolFlags.TypeAlias));
    const without = called.filter(
      (symbol) => !symbol.getJsDocTags(checker).some(({ name }) => name === "example"),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it("has members with a doc comment each, if it is an interface of options", () => {
    const without = exported
      .filter(({ name }) => name.endsWith("Options") || name.endsWith("Input"))
      .flatMap((symbol) =>
        checker
          .getDeclaredTypeOfSymbol(symbol)
          .getProperties()
          .filter((property) => property.getDocumentationComment(checker).length === 0)
          .map((property) => `${symbol.name}.${property.name}`),
      );
    expect(without).toEqual([]);
  });
});
