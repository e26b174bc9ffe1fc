import { CommanderError } from "commander";
import { newCommand, withExamples } from "./command.js";
import { badUsage } from "./errors.js";
import { exitCodeOf, exitCodes } from "./exit.js";
import { failureText } from "./failure.js";
import type { Io } from "./io.js";
import { coloursFor } from "./terminal/colours.js";
import { version } from "./version.js";

/** What a command's file exports. */
interface CommandModule {
  readonly run: (args: readonly string[], io: Io) => Promise<void>;
}

interface CommandEntry {
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** All commands. A command's file is loaded when the command is called. */
const commands: Readonly<Record<string, CommandEntry>> = {
  train: {
    usage: "train [RECIPE.yaml] [flags]",
    summary: "fine-tune a model, write its folder and card",
    load: () => import("./commands/train.js"),
  },
  evaluate: {
    usage: "evaluate MODEL FILE | evaluate MODEL --dataset NAME",
    summary: "score a model on tagged sentences, as seqeval does",
    load: () => import("./commands/evaluate.js"),
  },
  compare: {
    usage: "compare A B",
    summary: "tell whether one model is better than another, by its predictions",
    load: () => import("./commands/compare.js"),
  },
  predict: {
    usage: "predict MODEL [TEXT | PATH | -]",
    summary: "find entities in text",
    load: () => import("./commands/predict.js"),
  },
  data: {
    usage: "data inspect PATHS | data split IN OUT",
    summary: "look into data before training on it; divide it",
    load: () => import("./commands/data.js"),
  },
  convert: {
    usage: "convert IN OUT",
    summary: "write data in another format, with a word on what does not fit",
    load: () => import("./commands/convert.js"),
  },
  export: {
    usage: "export FOLDER",
    summary: "write ONNX files for transformers.js and others",
    load: () => import("./commands/export.js"),
  },
  push: {
    usage: "push FOLDER NAME",
    summary: "upload a model and its card to the Hugging Face hub",
    load: () => import("./commands/push.js"),
  },
  recipe: {
    usage: "recipe CARD",
    summary: "print the recipe that a Hugging Face model card tells of",
    load: () => import("./commands/recipe.js"),
  },
  quickstart: {
    usage: "quickstart --output DIR",
    summary: "a first model in minutes, without data or downloads",
    load: () => import("./commands/quickstart.js"),
  },
};

/**
 * Runs Nerium's command line.
 *
 * @param argv the arguments after the name of the program
 * @returns the exit code
 */
export async function nerium(argv: readonly string[], io: Io): Promise<number> {
  try {
    await dispatch(argv, io);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const failure = error instanceof CommanderError ? refused(error, argv) : error;
    io.stderr.write(
      failureText(failure, {
        command: ["nerium", ...argv].join(" "),
        versions: `Nerium ${version()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
        debug: io.env.NERIUM_DEBUG === "1",
        colours: coloursFor(io.stderr, io.env),
      }),
    );
    return exitCodeOf(failure);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<void> {
  if (argv[0] === "help") return dispatch([...argv.slice(1), "--help"], io);
  const [name, ...args] = argv;
  const entry = name === undefined || !Object.hasOwn(commands, name) ? undefined : commands[name];
  if (entry === undefined) return overview(argv, io);
  const { run } = await entry.load();
  await run(args, io);
}

/** Handles `nerium --help`, `--version`, and everything that is not a command. */
function overview(argv: readonly string[], io: Io): void {
  const program = newCommand("nerium", io)
    .usage("COMMAND …")
    .description("Fine-tune, evaluate and run transformer encoders for named-entity recognition.")
    .version(version(), "-V, --version", "show the version");
  for (const [name, { usage, summary }] of Object.entries(commands))
    program
      .command(name)
      .usage(usage.slice(name.length + 1))
      .summary(summary)
      .helpOption(false);
  program.configureHelp({
    ...program.configureHelp(),
    subcommandTerm: (command) => `${command.name()} ${command.usage()}`,
  });
  withExamples(
    program,
    "nerium quickstart --output my-first-model",
    "nerium train --model bert-base-cased --train train.conll --validation valid.conll \\\n--output my-model",
    'nerium predict my-model "Angela Merkel visited Paris."',
    "nerium train --help",
  );
  if (argv.length === 0) program.help({ error: true });
  program.parse(argv, { from: "user" });
}

/** Turns an error of the parser into a NeriumError. */
function refused({ message, code }: CommanderError, argv: readonly string[]) {
  const command = Object.hasOwn(commands, argv[0] ?? "") ? `nerium ${argv[0]}` : "nerium";
  if (code === "commander.help") return badUsage({ what: "No command is given", hint: undefined, command });
  const [what = "", hint] = message.split("\n");
  return badUsage({
    what: what.replace(/^error: /, ""),
    hint: hint === undefined ? undefined : hint.replace(/^\((.*)\)$/, "$1"),
    command,
  });
}
