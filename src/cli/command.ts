import { Command, Help, Option } from "commander";
import pc from "picocolors";
import type { Dtype } from "../models/weights/inferenceWeights.js";
import type { Context } from "../tasks/tokenClassification/examples/sentenceRanges.js";
import type { Decoding } from "../tasks/tokenClassification/index.js";
import { badValue } from "./errors.js";
import { exitCodesHelp } from "./exit.js";
import { type Io, widthOf } from "./io.js";
import { hasColours } from "./terminal/colours.js";

/** Maximum width of help texts, which are easier to read in short lines even if the terminal is wider. */
const WIDEST_HELP = 100;

/** Makes a command of Nerium. Its help goes to `io`. Errors of the parser are thrown instead of printed. */
export function newCommand(name: string, io: Io): Command {
  const { bold } = pc.createColors(true);
  return new Command(name)
    .exitOverride()
    .helpCommand(false)
    .helpOption("-h, --help", "show this help")
    .configureHelp({ styleTitle: bold, minWidthToWrap: 20, formatItem: helpItem })
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

/** Puts a description next to its term, or below the term if there is little room next to it. */
function helpItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? WIDEST_HELP;
  if (width - termWidth - 4 >= 40)
    return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
  const below = helper.boxWrap(description, width - 6).replace(/^(?=.)/gm, "      ");
  return `  ${term}\n${below}`;
}

/** Adds examples and the exit codes to the end of a command's help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  ${example.replaceAll("\n", "\n    ")}`);
  return command.addHelpText("after", `\n${["Examples:", ...lines].join("\n")}\n\n${exitCodesHelp}`);
}

/** An option that takes a whole number. */
export function wholeNumberOption(flags: string, least: number, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw badValue(option.long!, text, `a whole number from ${least} on`);
  });
}

/** An option that takes a number from 0 to 1. */
export function shareOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= 0 && value <= 1) return value;
    throw badValue(option.long!, text, "a number from 0 to 1");
  });
}

export const threadsOption = (): Option =>
  wholeNumberOption("--threads <number>", 1, "CPU threads; default: as many as the process may use at once");

export const dtypeOption = (): Option =>
  new Option(
    "--dtype <dtype>",
    "what to compute in: fp32 (default), q8 (8 bits in blocks, near-exact), int8 (8 bits, the fastest)",
  ).choices(["fp32", "q8", "int8"] satisfies Dtype[]);

export const contextOption = (): Option =>
  new Option(
    "--context <context>",
    "what a word sees: none is its sentence, document its document too; default: what the model was trained with",
  ).choices(["none", "document"] satisfies Context[]);

export const maxSeqLengthOption = (): Option =>
  wholeNumberOption(
    "--max-seq-length <number>",
    3,
    "tokens of a window; default: what the model takes, with context document what its config.json says",
  );

export const decodingOption = (): Option =>
  new Option(
    "--decoding <decoding>",
    "how words get their labels: argmax, each the most probable one (default), or viterbi, a sentence the most probable sequence that the tag scheme allows; a model with a CRF goes by that",
  ).choices(["argmax", "viterbi"] satisfies Decoding[]);

export const quietOption = (): Option => new Option("--quiet", "no progress, only warnings and errors");

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
