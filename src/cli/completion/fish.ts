import type { CompletedCommand } from "./completed.js";

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

/** Lines for the options and words of a command, which apply if `condition` holds. */
function lines(command: CompletedCommand, condition: string): string[] {
  const begin = `complete -c nerium -n ${quoted(condition)}`;
  return [
    ...command.options.map(({ flags, summary, value, choices }) =>
      [
        begin,
        ...flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)),
        ...(value === undefined ? [] : choices.length > 0 ? [`-x -a ${quoted(choices.join(" "))}`] : ["-r"]),
        `-d ${quoted(summary)}`,
      ].join(" "),
    ),
    ...(command.words.length > 0 ? [`${begin} -f -a ${quoted(command.words.join(" "))}`] : []),
    ...named(
      command.commands,
      `${condition}; and not __fish_seen_subcommand_from ${namesOf(command.commands)}`,
    ),
    ...command.commands.flatMap((each) =>
      lines(each, `${condition}; and __fish_seen_subcommand_from ${each.name}`),
    ),
  ];
}

const namesOf = (commands: readonly CompletedCommand[]): string => commands.map(({ name }) => name).join(" ");

/** Lines for the names of commands. */
const named = (commands: readonly CompletedCommand[], condition: string): string[] =>
  commands.map(
    ({ name, summary }) => `complete -c nerium -n ${quoted(condition)} -f -a ${name} -d ${quoted(summary)}`,
  );

/** Returns a script that completes the commands and options of the program in fish. */
export const fishCompletion = (program: CompletedCommand): string =>
  `${[
    "# Completion for nerium in fish. To use it in every shell:",
    "#   nerium completion fish > ~/.config/fish/completions/nerium.fish",
    ...named(program.commands, "__fish_use_subcommand"),
    ...program.commands.flatMap((command) => lines(command, `__fish_seen_subcommand_from ${command.name}`)),
  ].join("\n")}\n`;
