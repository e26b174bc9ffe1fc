import type { Command, Option } from "commander";

/** An option of a command, as a shell completes it. */
export interface CompletedOption {
  /** `--threads`, `-h`. */
  readonly flags: readonly string[];
  /** The first sentence of its description, without the period. */
  readonly summary: string;
  /** The name of its value, such as `number`; undefined if it takes none. */
  readonly value: string | undefined;
  /** Values to choose from; none if any value is possible. */
  readonly choices: readonly string[];
}

/** A command, as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Words to choose from as an argument; none if arguments are texts or files. */
  readonly words: readonly string[];
  readonly commands: readonly CompletedCommand[];
}

/** Reads what a shell completes from the definition of a command. */
export const completedCommand = (command: Command, name: string, summary: string): CompletedCommand => ({
  name,
  summary: firstSentence(summary),
  options: command.createHelp().visibleOptions(command).map(completedOption),
  words: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  commands: command.commands.map((each) => completedCommand(each, each.name(), each.summary())),
});

const completedOption = ({ short, long, description, flags, argChoices = [] }: Option): CompletedOption => ({
  flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
  summary: firstSentence(description),
  value: /[<[](\w+)/.exec(flags)?.[1],
  choices: argChoices,
});

/** Returns the first sentence, without its period. */
const firstSentence = (text: string): string => text.replace(/\.?\s*$|\. [\s\S]*$/, "");
