import { type Argument, type Command, Help, type Option } from "commander";
import pc from "picocolors";
import { exitCodesHelp } from "./exit.js";

/** Maximum width of help texts, which are easier to read in short lines even if the terminal is wider. */
export const WIDEST_HELP = 100;
/** Maximum width of the column of terms. A longer term has a line of its own. */
const TERMS = 26;
/** A description with less room than this next to its term is put below it. */
const ROOM = 36;

/** A table at the end of a help text, such as the list of file formats. */
export interface HelpTable {
  readonly title: string;
  readonly rows: readonly (readonly [term: string, description: string])[];
}

/** What a help text has besides the definition of its command. */
export interface HelpParts {
  readonly examples: readonly string[];
  readonly tables?: readonly HelpTable[];
}

/** The layout of all help texts: usage, description, examples, arguments, options in groups, tables. */
export const helpLayout = ({ examples, tables = [] }: HelpParts) => ({
  styleTitle: pc.createColors(true).bold,
  minWidthToWrap: 20,
  padWidth: (command: Command, helper: Help) =>
    Math.min(TERMS, Help.prototype.padWidth.call(helper, command, helper)),
  subcommandTerm: (command: Command) => command.name(),
  formatItem,
  optionDescription: (option: Option) => optionText(option, tables),
  argumentDescription: ({ description }: Argument) => description,
  formatHelp(command: Command, helper: Help): string {
    const width = helper.helpWidth ?? WIDEST_HELP;
    const usage = `${helper.styleTitle("Usage:")} ${helper.commandUsage(command)}`;
    const list = ({ title, rows }: HelpTable, terms = helper.padWidth(command, helper)) =>
      rows.length === 0
        ? []
        : [
            [
              helper.styleTitle(title),
              ...rows.map(([term, text]) => helper.formatItem(term, terms, text, helper)),
            ].join("\n"),
          ];
    const groups = helper.groupItems(
      [...command.options],
      helper.visibleOptions(command),
      (option: Option) => option.helpGroupHeading ?? "Options:",
    );
    return `${[
      usage,
      helper.boxWrap(command.description(), width),
      [helper.styleTitle("Examples:"), ...examples.map((example) => commandLines(example, width))].join("\n"),
      ...list({
        title: "Commands:",
        rows: helper
          .visibleCommands(command)
          .map((each) => [each.name(), helper.subcommandDescription(each)]),
      }),
      ...list({
        title: "Arguments:",
        rows: helper
          .visibleArguments(command)
          .map((each) => [helper.argumentTerm(each), helper.argumentDescription(each)]),
      }),
      ...[...groups].flatMap(([title, options]) =>
        list({
          title,
          rows: options.map((each) => [helper.optionTerm(each), helper.optionDescription(each)]),
        }),
      ),
      ...[...tables, exitCodesHelp].flatMap((table) =>
        list(table, Math.max(...table.rows.map(([term]) => term.length))),
      ),
    ].join("\n\n")}\n`;
  },
});

/** Puts a description next to its term, or below the term if there is little room next to it. */
function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? WIDEST_HELP;
  const isBelow = width - termWidth - 4 < ROOM;
  const indent = " ".repeat(isBelow ? 6 : termWidth + 4);
  const text = helper.boxWrap(description, width - indent.length).replaceAll("\n", `\n${indent}`);
  return isBelow || term.length > termWidth
    ? `  ${term}\n${indent}${text}`
    : `  ${term.padEnd(termWidth)}  ${text}`;
}

/**
 * The description of an option, its choices and its default, each as a sentence, in this order. Choices that a
 * table explains are not repeated.
 */
function optionText(option: Option, tables: readonly HelpTable[]): string {
  const { description, argChoices, defaultValue, defaultValueDescription } = option;
  const explained = tables.flatMap(({ rows }) => rows.map(([term]) => term));
  const choices = argChoices?.every((choice) => explained.includes(choice)) ? undefined : argChoices;
  const [what, computed] = description.split(/ (?=Default: )/);
  const standard = defaultValueDescription ?? (defaultValue === undefined ? undefined : String(defaultValue));
  return [
    what,
    ...(choices === undefined ? [] : [`One of ${choices.join(", ")}.`]),
    ...(computed === undefined ? [] : [computed]),
    ...(standard === undefined ? [] : [`Default: ${standard}.`]),
  ].join(" ");
}

/** A flag with its value, or a word. Quotes keep words together. */
const SHELL_WORD = /--[\w-]+ [\w.][^\s"]*|(?:"[^"]*"|\S)+/g;

/** Breaks a command into lines that a shell accepts. A flag and its value stay on one line. */
function commandLines(command: string, width: number): string {
  const lines: string[] = [];
  let line = " ";
  for (const word of command.match(SHELL_WORD)!) {
    if (line.trim() !== "" && line.length + word.length + 3 > width) {
      lines.push(`${line} \\`);
      line = "   ";
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}
