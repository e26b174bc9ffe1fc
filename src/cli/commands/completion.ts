import { Argument, type Command } from "commander";
import { type CommandList, kebabFlags, newCommand } from "../command.js";
import { bashCompletion } from "../completion/bash.js";
import { type CompletedCommand, completedCommand } from "../completion/completed.js";
import { fishCompletion } from "../completion/fish.js";
import { zshCompletion } from "../completion/zsh.js";
import { type Io, writeText } from "../io.js";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const define = (io: Io): Command =>
  newCommand("nerium completion", io, {
    examples: [
      "source <(nerium completion bash)",
      'nerium completion zsh > "$HOME/.zfunc/_nerium"',
      "nerium completion fish > ~/.config/fish/completions/nerium.fish",
    ],
  })
    .description(
      "Print a script for your shell that completes commands, options and their values. The script says how to load it.",
    )
    .addArgument(new Argument("<shell>", "Your shell: bash, zsh or fish.").choices(Object.keys(SHELLS)));

export async function run(args: readonly string[], io: Io, commands: CommandList): Promise<void> {
  await define(io)
    .action(async (shell: keyof typeof SHELLS) => {
      const script = SHELLS[shell](await completedProgram(commands, io));
      await writeText(io.stdout, script);
    })
    .parseAsync(kebabFlags(args), { from: "user" });
}

/** The whole program, made from the definitions of all commands. */
async function completedProgram(commands: CommandList, io: Io): Promise<CompletedCommand> {
  const all = Object.entries(commands).map(async ([name, { summary, load }]) =>
    completedCommand((await load()).define(io), name, summary),
  );
  const options = [
    { flags: ["-V", "--version"], summary: "Show the version", value: undefined, choices: [] },
    { flags: ["-h", "--help"], summary: "Show help", value: undefined, choices: [] },
  ];
  return { name: "nerium", summary: "", options, words: [], commands: await Promise.all(all) };
}
