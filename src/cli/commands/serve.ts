import { type Command, Option } from "commander";
import { kebabCase } from "../../recipe/spelling.js";
import type { ModelFacts } from "../../serve/models.js";
import {
  keyFile,
  type SettingFacts,
  type SettingName,
  settings,
  settingValue,
  variableOf,
} from "../../serve/settings.js";
import { kebabFlags, newCommand } from "../command.js";
import { badUsage } from "../errors.js";
import { exitCodes } from "../exit.js";
import type { Io } from "../io.js";
import { choiceOption } from "../options.js";
import { downloadListener } from "../terminal/download.js";
import { memory } from "../terminal/figures.js";
import { warningListener } from "../terminal/messages.js";

/** The groups of the help, each with its settings. Tokens are no flag, because others can read the command line. */
const GROUPS: Readonly<Record<string, readonly SettingName[]>> = {
  "Address:": ["host", "port"],
  "Model:": ["dtype", "engine", "device", "threads", "batchTokens"],
  "Access and log:": ["openMetrics", "corsOrigins", "logLevel", "logTexts"],
  "Limits:": [
    ...([
      "maxBodyBytes",
      "maxTexts",
      "maxTextLength",
      "maxLineBytes",
      "maxQueueTokens",
      "maxQueueTime",
    ] as const),
    ...(["maxConnections", "maxHeadersCount", "maxHeaderBytes"] as const),
  ],
  "Time limits:": [
    "deadline",
    "headersTimeout",
    "bodyTimeout",
    "idleTimeout",
    "keepAliveTimeout",
    "drainTimeout",
  ],
};

interface ServeFlags extends Readonly<Record<string, unknown>> {
  readonly config?: string;
}

export function define(io: Io): Command {
  const command = newCommand("nerium serve", io, {
    examples: [
      "nerium serve my-model",
      "nerium serve my-model --host 0.0.0.0 --port 80 --dtype int8 --api-key-file keys.txt",
      "nerium serve people=model-a places=model-b",
      "nerium serve dslim/bert-base-NER --config serve.yaml",
    ],
    tables: [
      {
        title: "Settings:",
        rows: [
          [
            "in a file",
            "Each option is a key of the YAML file, such as max_texts: 64, and models is a map from names to folders.",
          ],
          [
            "in the environment",
            `Each option is a variable, such as ${variableOf("maxTexts")}=64. Tokens: ${variableOf("apiKeys")}.`,
          ],
          ["order", "Options win over the environment, and that over the file."],
        ],
      },
    ],
  })
    .description(
      "Serve models over HTTP. With SIGTERM or Ctrl-C, the server finishes what it has begun and ends.",
    )
    .argument(
      "[MODEL...]",
      "Folders of fine-tuned models, or names on the Hugging Face hub, each optionally as NAME=MODEL. The first is the default. Default: the models of the file of settings.",
    )
    .addOption(new Option("--config <file>", "YAML file with settings.").helpGroup("General:"));
  for (const [group, names] of Object.entries(GROUPS)) {
    command.optionsGroup(group);
    for (const name of names) command.addOption(settingOption(settings.find((each) => each.name === name)!));
    if (group.startsWith("Access")) command.addOption(settingOption(keyFile));
  }
  return command.action((models: string[], flags: ServeFlags) => serve(models, flags, io));
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

function settingOption({ name, kind, description, standard }: SettingFacts): Option {
  const shown =
    standard === undefined || kind === "switch" || kind === "list" ? "" : ` Default: ${standard}.`;
  const text = `${description}.${shown}`;
  const flag = `--${kebabCase(name)}`;
  if (typeof kind !== "string")
    return choiceOption(`${flag} <${name === "logLevel" ? "level" : name}>`, kind, text);
  if (kind === "switch") return new Option(flag, text);
  const value = kind === "list" ? "list" : kind === "number" ? "number" : name === "host" ? "host" : "file";
  return new Option(`${flag} <${value}>`, text).argParser((given) => settingValue(given, kind));
}

async function serve(models: readonly string[], { config, ...flags }: ServeFlags, io: Io): Promise<void> {
  const { settingsFrom } = await import("../../serve/sources.js");
  const found = await settingsFrom({ flags, env: io.env, file: config });
  const named = namedModels(models.length > 0 ? models : found.models);
  const { createServer } = await import("../../serve/index.js");
  const start = performance.now();
  io.outliveOutput();
  const server = createServer({
    ...found.settings,
    models: named,
    log: { write: (line) => void io.stdout.write(line) },
    onDownload: downloadListener(io, {}),
    onWarning: warningListener(io),
  });
  let stop: (() => void) | undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = io.onInterrupt(resolve, exitCodes.done);
  });
  try {
    const url = await server.listen();
    io.stderr.write(`listening on ${url}, loading ${Object.keys(named).join(", ")} …\n`);
    const isLoaded = await Promise.race([server.ready.then(() => true), stopped.then(() => false)]);
    if (isLoaded) {
      for (const facts of server.models) io.stderr.write(`${modelLine(facts)}\n`);
      io.stderr.write(`ready after ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    }
    await stopped;
    io.stderr.write("shutting down …\n");
  } finally {
    await server.close();
    stop?.();
  }
}

const modelLine = ({ name, types, family, dtype, engine, memoryBytes }: ModelFacts): string =>
  `  ${name}  ${types!.join(", ")}  ${family}, ${dtype} with ${engine}${memoryBytes === null ? "" : `, ${memory(memoryBytes)}`}`;

/** Returns the models by their names: `NAME=MODEL`, or the last part of the folder or of the name on the hub. */
function namedModels(models: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  if (models.length === 0)
    throw badUsage({ what: "No model given", hint: "Give the folder of a model.", command: "nerium serve" });
  for (const given of models) {
    const [, name = nameOf(given), source = given] = /^([\w.-]+)=(.+)$/.exec(given) ?? [];
    if (Object.hasOwn(named, name))
      throw badUsage({
        what: `Two models have the name ${name}`,
        hint: "Give them names: NAME=MODEL.",
        command: "nerium serve",
      });
    named[name] = source;
  }
  return named;
}

const nameOf = (model: string): string =>
  model
    .replace(/[\\/]+$/, "")
    .split(/[\\/]/)
    .at(-1)!
    .replace(/@.*$/, "")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^\.*$/, "model");
