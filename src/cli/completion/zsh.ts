import type { CompletedCommand, CompletedOption } from "./completed.js";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Escapes what `_arguments` and `_describe` would read as their own syntax. */
const plain = (text: string): string => text.replace(/[\\[\]:]/g, "\\$&");

/** What follows an option: nothing, one of some words, or a value that may be a file. */
function valuePart({ value, choices }: CompletedOption): string {
  if (value === undefined) return "";
  return choices.length > 0 ? `:${value}:(${choices.join(" ")})` : `:${value}:_files`;
}

function argumentsOf(command: CompletedCommand): string {
  const options = command.options.flatMap((option) =>
    option.flags.map((flag) => {
      // `--flag VALUE` and `--flag=VALUE`.
      const joined = option.value !== undefined && flag.startsWith("--") ? "=" : "";
      return quoted(`${flag}${joined}[${plain(option.summary)}]${valuePart(option)}`);
    }),
  );
  const rest = command.words.length > 0 ? `1:word:(${command.words.join(" ")})` : "*:file:_files";
  return ["_arguments", ...options, quoted(rest)].join(" \\\n        ");
}

const described = (commands: readonly CompletedCommand[]): string =>
  commands.map(({ name, summary }) => quoted(`${plain(name)}:${plain(summary)}`)).join(" ");

/** Completes the name of a subcommand, then the arguments of that subcommand. */
function branch(command: CompletedCommand): string {
  const { name, commands } = command;
  if (commands.length === 0) return `    ${name}) ${argumentsOf(command)} ;;`;
  const branches = commands.map(
    (each) => `      ${each.name}) shift words; ((CURRENT--)); ${argumentsOf(each)} ;;`,
  );
  return `    ${name})
      if ((CURRENT == 2)); then commands=(${described(commands)}); _describe command commands; return; fi
      case $words[2] in
${branches.join("\n")}
      esac ;;`;
}

/** Returns a script that completes the commands and options of the program in zsh. */
export const zshCompletion = (program: CompletedCommand): string => `#compdef nerium
# Completion for nerium in zsh. To use it in this shell:
#   source <(nerium completion zsh)
# To use it in every shell, save it as _nerium in a folder of $fpath, before compinit runs.

_nerium() {
  local -a commands
  if ((CURRENT == 2)); then
    commands=(${described(program.commands)})
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${program.commands.map(branch).join("\n")}
  esac
}

if [[ $funcstack[1] == _nerium ]]; then _nerium "$@"; else compdef _nerium nerium; fi
`;
