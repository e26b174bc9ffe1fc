import { Command } from "commander";
import { type HelpParts, helpLayout, WIDEST_HELP } from "./help.js";
import { type Io, widthOf } from "./io.js";
import { hasColours } from "./terminal/colours.js";

/** What the file of a command exports. */
export interface CommandModule {
  /** Defines the command: parsing, help and shell completion are made from this. */
  readonly define: (io: Io) => Command;
  readonly run: (args: readonly string[], io: Io, commands: CommandList) => Promise<void>;
}

/** All commands by name. The file of a command is loaded when it is needed. */
export type CommandList = Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<CommandModule> }>
>;

/** Makes a command of Nerium. Its help goes to `io`. Errors of the parser are thrown instead of printed. */
export function newCommand(name: string, io: Io, help: HelpParts): Command {
  return new Command(name)
    .exitOverride()
    .helpCommand(false)
    .optionsGroup("General:")
    .helpOption("-h, --help", "Show this help.")
    .configureHelp(helpLayout(help))
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(widthOf(io.stdout), WIDEST_HELP),
      getErrHelpWidth: () => Math.min(widthOf(io.stderr), WIDEST_HELP),
      getOutHasColors: () => hasColours(io.stdout, io.env),
      getErrHasColors: () => hasColours(io.stderr, io.env),
    });
}

/**
 * Parses the arguments of a command that has subcommands. The name of a subcommand is checked first, so that
 * `--help` after a wrong name is an error.
 */
export async function parseSubcommands(command: Command, args: readonly string[]): Promise<void> {
  const [name] = args;
  if (name === undefined) command.help({ error: true });
  const isUnknown = !name.startsWith("-") && !command.commands.some((each) => each.name() === name);
  await command.parseAsync(isUnknown ? [name] : [...args], { from: "user" });
}

/**
 * Turns flags in snake_case, as Hugging Face writes them, into kebab-case: `--tag_column=3` →
 * `--tag-column=3`.
 */
export function kebabFlags(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) =>
    end >= 0 && index >= end ? arg : arg.replace(/^--[\w-]+/, (flag) => flag.replaceAll("_", "-")),
  );
}
