import { type Command, CommanderError } from "commander";
import { launchOf } from "../collective/launch.js";
import { type CommandList, newCommand, parseSubcommands } from "./command.js";
import { badUsage } from "./errors.js";
import { exitCodeOf, exitCodes } from "./exit.js";
import { failureText } from "./failure.js";
import { type Io, lineWidth } from "./io.js";
import { cleanedIo } from "./terminal/cleaned.js";
import { coloursFor } from "./terminal/colours.js";
import { isToldHere, silenced } from "./together.js";
import { version } from "./version.js";

/** All commands, in the order of the help. */
export const commands: CommandList = {
  train: {
    summary: "Fine-tune a model and write its folder and card.",
    load: () => import("./commands/train.js"),
  },
  evaluate: {
    summary: "Evaluate a model on tagged sentences, as seqeval does.",
    load: () => import("./commands/evaluate.js"),
  },
  sweep: {
    summary: "Try values of recipe fields, and find the best.",
    load: () => import("./commands/sweep.js"),
  },
  dashboard: {
    summary: "Show curves of training runs in the browser.",
    load: () => import("./commands/dashboard.js"),
  },
  report: {
    summary: "Write a page about what a model gets right and wrong on tagged sentences.",
    load: () => import("./commands/report.js"),
  },
  compare: {
    summary: "Compare the predictions of two models.",
    load: () => import("./commands/compare.js"),
  },
  predict: {
    summary: "Find entities in text.",
    load: () => import("./commands/predict.js"),
  },
  annotate: {
    summary: "Find entities in very large corpora, with many processes and machines.",
    load: () => import("./commands/annotate.js"),
  },
  serve: {
    summary: "Serve models over HTTP.",
    load: () => import("./commands/serve.js"),
  },
  redact: {
    summary: "Take names and numbers out of texts.",
    load: () => import("./commands/redact.js"),
  },
  restore: {
    summary: "Put back what redact has encrypted or mapped.",
    load: () => import("./commands/restore.js"),
  },
  data: {
    summary: "Examine data before training, split it, or find label errors.",
    load: () => import("./commands/data.js"),
  },
  convert: {
    summary: "Convert data to another format.",
    load: () => import("./commands/convert.js"),
  },
  export: {
    summary: "Export a model as ONNX files for transformers.js and other engines.",
    load: () => import("./commands/export.js"),
  },
  push: {
    summary: "Upload a model and its card to the Hugging Face hub.",
    load: () => import("./commands/push.js"),
  },
  recipe: {
    summary: "Print the recipe that a Hugging Face model card describes.",
    load: () => import("./commands/recipe.js"),
  },
  models: {
    summary: "List pretrained models to begin with.",
    load: () => import("./commands/models.js"),
  },
  devices: {
    summary: "Show what this machine can compute with: processor, bf16, engines.",
    load: () => import("./commands/devices.js"),
  },
  quickstart: {
    summary: "Train a first model in about a minute, without data or downloads.",
    load: () => import("./commands/quickstart.js"),
  },
  docs: {
    summary: "Print a page of the documentation, or what to do about an error.",
    load: () => import("./commands/docs.js"),
  },
  completion: {
    summary: "Print a script that completes commands and options in your shell.",
    load: () => import("./commands/completion.js"),
  },
};

/** Commands that train several models, or write more than a model: several processes would do all of it several times. */
const ALONE = ["sweep", "data", "quickstart"];

/**
 * Runs Nerium's command line.
 *
 * @param argv the arguments after the name of the program
 * @returns the exit code
 */
export async function nerium(argv: readonly string[], raw: Io): Promise<number> {
  const io = cleanedIo(raw);
  const launch = launchOf(io.env);
  const isDivided = argv[0] === "train" || ALONE.includes(argv[0] ?? "");
  const rank = isDivided ? (launch?.rank ?? 0) : 0;
  try {
    if (launch !== undefined && ALONE.includes(argv[0] ?? "")) throw startedTogether(argv[0]!);
    await dispatch(argv, rank > 0 ? silenced(io) : io);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const failure = error instanceof CommanderError ? refused(error, argv) : error;
    if (launch !== undefined && argv[0] === "train")
      await (await import("../collective/open.js")).failedBefore(failure);
    if (!isToldHere(failure, rank, io.env)) return exitCodeOf(failure);
    io.stderr.write(
      failureText(failure, {
        command: ["nerium", ...argv].join(" ").replace(/(--[\w-]*token) \S+/g, "$1 ***"),
        versions: `Nerium ${version()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
        debug: io.env.NERIUM_DEBUG === "1",
        colours: coloursFor(io.stderr, io.env),
        width: lineWidth(io.stderr),
      }),
    );
    return exitCodeOf(failure);
  }
}

const startedTogether = (name: string) =>
  badUsage({
    what: `nerium ${name} runs in one process`,
    hint: "Start it without mpiexec or srun. Only nerium train divides its work among processes.",
    command: `nerium ${name}`,
  });

async function dispatch(argv: readonly string[], io: Io): Promise<void> {
  if (argv[0] === "help") return dispatch([...argv.slice(1), "--help"], io);
  const [name, ...args] = argv;
  const entry = name === undefined || !Object.hasOwn(commands, name) ? undefined : commands[name];
  if (entry === undefined) return parseSubcommands(overview(io), argv);
  const { run } = await entry.load();
  await run(args, io, commands);
}

/** The program as a whole. It handles `nerium --help`, `--version`, and everything that is not a command. */
function overview(io: Io): Command {
  const program = newCommand("nerium", io, {
    examples: [
      "nerium quickstart --output my-first-model",
      "nerium train --model bert-base-cased --train train.conll --validation valid.conll --output my-model",
      'nerium predict my-model "Angela Merkel visited Paris."',
      "nerium train --help",
    ],
  })
    .usage("<command> [options]")
    .description("Fine-tune, evaluate and run transformer encoders for named-entity recognition.")
    .version(version(), "-V, --version", "Show the version.");
  for (const [name, { summary }] of Object.entries(commands)) program.command(name).summary(summary);
  return program;
}

/** Turns an error of the parser into a NeriumError. */
function refused({ message, code }: CommanderError, argv: readonly string[]) {
  const command = Object.hasOwn(commands, argv[0] ?? "") ? `nerium ${argv[0]}` : "nerium";
  if (code === "commander.help") return badUsage({ what: "No command given", hint: undefined, command });
  const [what = "", suggestion] = message.replace(/^error: /, "").split("\n");
  const all =
    code === "commander.unknownCommand" && command === "nerium"
      ? `The commands are ${Object.keys(commands).join(", ")}.`
      : undefined;
  return badUsage({
    what: what.charAt(0).toUpperCase() + what.slice(1),
    hint: hintFor(argv, what) ?? suggestion?.replace(/^\((.*)\)$/, "$1") ?? all,
    command: code === "commander.unknownCommand" ? command : subcommandOf(command, argv),
  });
}

/** The command with its subcommand, whose help is meant. */
const subcommandOf = (command: string, [name, sub]: readonly string[]): string =>
  name === "data" && sub !== undefined && /^[a-z]/.test(sub) ? `${command} ${sub}` : command;

/** Hints for what people type because another command has it. */
function hintFor([name]: readonly string[], what: string): string | undefined {
  if (name === "predict" && what.includes("'--json'")) return "Did you mean --format json?";
  if (["inspect", "split", "suspects"].includes(name ?? "")) return `Did you mean nerium data ${name}?`;
  return undefined;
}
