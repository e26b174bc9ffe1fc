import { NeriumError } from "../errors.js";

/** The parser refuses the command line: an unknown flag, too many arguments, a missing value. */
export function badUsage(facts: { what: string; hint: string | undefined; command: string }): NeriumError {
  const help = `See ${facts.command} --help.`;
  return new NeriumError("CLI_USAGE", facts.what, {
    remedy: facts.hint === undefined ? help : `${facts.hint} ${help}`,
  });
}

/** A flag has a value that it does not accept. */
export function badValue(flag: string, value: string, expected: string): NeriumError {
  return new NeriumError("CLI_BAD_VALUE", `${flag} takes ${expected}, not "${value}"`, { where: flag });
}

/** `nerium predict` got no text: there is no argument, and nothing is piped in. */
export function noText(folder: string): NeriumError {
  return new NeriumError("CLI_NO_TEXT", "There is no text to look for entities in", {
    remedy: `Give a text (nerium predict ${folder} "…"), a file, a folder, or - to read lines from standard input.`,
  });
}

/** The text given to `nerium predict` looks like a file name, but there is no such file. */
export function noTextFile(file: string): NeriumError {
  return new NeriumError("CLI_NO_TEXT_FILE", "There is no such file", {
    where: file,
    remedy: "Correct the name; if this is the text itself, pipe it in: echo TEXT | nerium predict FOLDER -",
  });
}

/** The folder given to `nerium predict` has no text files. */
export function emptyTextFolder(folder: string): NeriumError {
  return new NeriumError("CLI_NO_TEXT_FILES", "The folder has no .txt files", {
    where: folder,
    remedy: "Give files by name, or a folder with files that end in .txt.",
  });
}
