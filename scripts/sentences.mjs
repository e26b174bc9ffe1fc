// `npm run sentences [-- KIND …]`: prints every sentence that a user can meet, with its place, and their number
// by kind, so that they can be read aloud. Commands, options and recipe fields come from the built package;
// errors, messages and texts of the model card are the literals of the source.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");
const built = (file) => import(pathToFileURL(join(root, "dist", file)).href);

/** Files whose literals are data or programs, not messages. */
const DATA =
  /^quickstart[\\/](names|nameParts|templates|words|numbers|run)\.ts$|_pb\.ts$|spacySymbols\.ts$|sample\.ts$|abbreviations\.ts$|bufferPair\.ts$/;
/** Two words, or a word next to a placeholder. */
const PROSE = /\p{L}{2,},? \p{L}|\p{L}{2,} …|… \p{L}{2,}/u;
/** The functions of these files put their text arguments into an error. */
const ERROR_FILE = /[\\/]errors\.js$/;
const CARD = /^card[\\/]|[\\/]cardSection\.ts$|[\\/]crfInPython\.ts$/;

/** Every literal with words in it: `{ file, line, text, kind }`. Placeholders are shown as …. */
function literals() {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !DATA.test(file))
    .sort();
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, "src", file), "utf8"), 99, true);
    const makers = importedFrom(source, ERROR_FILE);
    const found = [];
    const visit = (node) => {
      if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
      const text = textOf(node);
      if (text !== undefined && PROSE.test(text)) {
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push({ file: `src/${file}`, line, text, kind: kindOf(node, file, makers) });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

function textOf(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
}

function importedFrom(source, module) {
  const names = new Set();
  for (const statement of source.statements)
    if (ts.isImportDeclaration(statement) && module.test(statement.moduleSpecifier.text))
      for (const { name } of statement.importClause?.namedBindings?.elements ?? []) names.add(name.text);
  return names;
}

/** Remedy, error, card, terminal or message: by where a literal stands. */
function kindOf(node, file, makers) {
  const inErrors = /(^|[\\/])errors\.ts$/.test(file);
  for (let at = node; at !== undefined; at = at.parent) {
    if (ts.isPropertyAssignment(at) && at.name.getText() === "remedy") return "remedy";
    if (ts.isCallExpression(at) && makers.has(at.expression.getText())) return "error";
  }
  if (inErrors) return "error";
  if (CARD.test(file)) return "card";
  return /^cli[\\/]/.test(file) ? "terminal" : "message";
}

/** Every command of the built package, with its subcommands: what `--help` is about to print is caught. */
async function commands() {
  const shown = [];
  const { outputHelp } = Command.prototype;
  Command.prototype.outputHelp = function () {
    shown.push(this);
  };
  const silent = { write: () => true };
  const io = { stdin: [], stdout: silent, stderr: silent, env: {}, onInterrupt: () => () => {} };
  const { nerium } = await built("cli/nerium.js");
  await nerium(["--help"], io);
  for (const { _name: name } of [...shown[0].commands]) await nerium([name, "--help"], io);
  Command.prototype.outputHelp = outputHelp;
  const withSubcommands = (command) => [command, ...command.commands.flatMap(withSubcommands)];
  return [shown[0], ...shown.slice(1).flatMap(withSubcommands), ...shown[0].commands];
}

const sources = literals();
/** Returns the place of a text that comes from the built package: that of the literal it is or begins with. */
const placeOf = (text) =>
  sources.find((literal) => literal.text === text) ??
  sources.find((literal) => text.startsWith(literal.text.replace(/…[\s\S]*/, "…").replace("…", ""))) ?? {
    file: "-",
    line: 0,
  };

const { recipeFields, cardFields } = await built("recipe/list.js");
const fields = [...recipeFields, ...cardFields].map(({ description }) => description);
const help = await commands();
const told = [
  ...help.flatMap((command) =>
    [command.summary(), command.description(), ...command.registeredArguments.map((each) => each.description)]
      .filter((text) => text !== "")
      .map((text) => ({ kind: "command", text })),
  ),
  ...help
    .flatMap(({ options }) => options.map(({ description }) => description))
    .filter((text) => !fields.some((field) => text.startsWith(field)))
    .map((text) => ({ kind: "option", text })),
  ...fields.map((text) => ({ kind: "recipe field", text })),
].map((each) => ({ ...placeOf(each.text), ...each }));

const inHelp = new Set(told.map(({ file, line }) => `${file}:${line}`));
const all = [...told, ...sources.filter(({ file, line }) => !inHelp.has(`${file}:${line}`))];

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
const sentencesOf = (text) =>
  [...segmenter.segment(text)]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => /\p{L}/u.test(sentence));

const wanted = process.argv.slice(2);
for (const kind of ["command", "option", "recipe field", "error", "remedy", "message", "card", "terminal"]) {
  const lines = all
    .filter((each) => each.kind === kind)
    .flatMap(({ file, line, text }) => sentencesOf(text).map((sentence) => `${file}:${line}  ${sentence}`));
  const distinct = [...new Set(lines)];
  if (wanted.length === 0 || wanted.includes(kind)) console.log(distinct.join("\n"));
  console.log(`${kind}: ${distinct.length} sentences\n`);
}
