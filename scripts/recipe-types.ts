/**
 * Writes src/recipe/recipeInput.ts: the fields of a recipe as a documented interface, so that editors show what each
 * field does, and nothing of the schema library.
 *
 *     npx tsx scripts/recipe-types.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { cardFields, type RecipeField, recipeFields } from "../src/recipe/list.js";

const root = join(import.meta.dirname, "..");
const target = join(root, "src/recipe/recipeInput.ts");

/** Longest line of a comment. */
const WIDTH = 108;

/** Returns the source of recipeInput.ts, not yet formatted. */
export function recipeInputSource(): string {
  const types = fieldTypes();
  return `/** Written by scripts/recipe-types.ts from fields.ts: change the fields there, and run the script. */

/** What the model card says besides what the run knows. */
export interface CardInput {
${members(cardFields, types.card)}}

/** A recipe as a program writes it. Fields with a default may be left out. */
export interface RecipeInput {
${members(recipeFields, { ...types.recipe, card: "CardInput | undefined" })}}
`;
}

/** Returns the type of each field as TypeScript source, from the schema. */
function fieldTypes(): Record<"recipe" | "card", Record<string, string>> {
  const file = join(root, "src/recipe/fieldTypes.generated.ts");
  const text = `import type { z } from "zod";
import type { cardSchema, recipeSchema } from "./fields.js";
export type Recipe = z.input<typeof recipeSchema>;
export type Card = z.input<typeof cardSchema>;
`;
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.readFile = (name) => (name === file ? text : readFile.call(host, name));
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, rest[0]) : getSourceFile.call(host, name, ...rest);
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
  const typesOf = (name: string) => {
    const type = checker.getDeclaredTypeOfSymbol(symbols.find((symbol) => symbol.name === name)!);
    return Object.fromEntries(
      type.getProperties().map((property) => {
        const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
        return [
          property.name,
          readonly(checker.typeToString(checker.getTypeOfSymbol(property), undefined, flags)),
        ];
      }),
    );
  };
  return { recipe: typesOf("Recipe"), card: typesOf("Card") };
}

/** Lists and maps are only read. */
const readonly = (type: string): string =>
  type.replaceAll(/([\w"']+)\[\]/g, "readonly $1[]").replaceAll(/Record<([^<>]+)>/g, "Readonly<Record<$1>>");

function members(fields: readonly RecipeField[], types: Readonly<Record<string, string>>): string {
  return fields
    .map((field) => {
      const type = types[field.key]!;
      const optional = / undefined$|\| undefined\b/.test(type);
      return `${comment(field)}  readonly ${field.key}${optional ? "?" : ""}: ${type};\n`;
    })
    .join("");
}

function comment({ description, default: standard }: RecipeField): string {
  const text = [inTypeScript(description)];
  if (standard !== undefined && typeof standard !== "object")
    text.push("", `@default ${JSON.stringify(standard)}`);
  const lines = text.flatMap((line) => wrapped(line));
  if (lines.length === 1) return `  /** ${lines[0]} */\n`;
  return `  /**\n${lines.map((line) => `   *${line === "" ? "" : ` ${line}`}\n`).join("")}   */\n`;
}

/** Names of fields as TypeScript has them. */
function inTypeScript(description: string): string {
  const keys = new Map([...recipeFields, ...cardFields].map(({ name, key }) => [name, key]));
  return description
    .replaceAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (name) => (keys.has(name) ? `\`${keys.get(name)}\`` : name))
    .replaceAll(/ As a flag,? in JSON(?:, or true)?\\./g, "")
    .replaceAll(/,? as a flag in JSON/g, "");
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH - 5)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(target, recipeInputSource());
  console.log("src/recipe/recipeInput.ts is written: run npx biome check --write src/recipe");
}
