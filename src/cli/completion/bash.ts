import type { CompletedCommand } from "./completed.js";

const words = (list: readonly string[]): string => `words='${list.join(" ")}'`;

const flagsOf = ({ options }: CompletedCommand): string[] => options.flatMap(({ flags }) => flags);

/** Case branches for a command and its subcommands: values of options, then options and words. */
function branches(command: CompletedCommand, path: string): string[] {
  const { options, commands } = command;
  const choices = options
    .filter(({ choices }) => choices.length > 0)
    .map(
      (option) =>
        `    ${option.flags.map((flag) => `'${path} ${flag}'`).join("|")}) ${words(option.choices)} ;;`,
    );
  const values = options.filter(({ value, choices }) => value !== undefined && choices.length === 0);
  const free = values.flatMap(({ flags }) => flags.map((flag) => `'${path} ${flag}'`)).join("|");
  return [
    ...choices,
    ...(free === "" ? [] : [`    ${free}) ;;`]),
    ...commands.flatMap((each) => branches(each, `${path} ${each.name}`)),
    `    '${path} '*) ${words([...command.words, ...commands.map(({ name }) => name), ...flagsOf(command)])} ;;`,
  ];
}

/** Returns a script that completes the commands and options of the program in bash. */
export function bashCompletion(program: CompletedCommand): string {
  const groups = program.commands.filter(({ commands }) => commands.length > 0).map(({ name }) => name);
  return `# Completion for nerium in bash. To use it in this shell:
#   source <(nerium completion bash)
# To use it in every shell, add that line to ~/.bashrc.

_nerium() {
  COMPREPLY=()
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path=\${COMP_WORDS[1]} words=
  # bash splits --flag=value into three words.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if ((COMP_CWORD == 1)); then path=; prev=; fi
  case $path in ${groups.join("|")}) ((COMP_CWORD > 2)) && path+=" \${COMP_WORDS[2]}" ;; esac
  case "$path $prev" in
${program.commands.flatMap((command) => branches(command, command.name)).join("\n")}
    ' '|'help '*) ${words([...program.commands.map(({ name }) => name), "help", ...flagsOf(program)])} ;;
  esac
  # Without words of its own, bash completes file names.
  if [[ $cur == -* || $words != -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
  return 0
}
complete -o bashdefault -o default -F _nerium nerium
`;
}
