import type { Command } from "commander";
import type { PushResult } from "../../hub/index.js";
import { kebabFlags, newCommand } from "../command.js";
import { type Io, writeJson, writeText } from "../io.js";
import { jsonOption, quietOption } from "../options.js";
import { counted } from "../terminal/figures.js";
import { printNotes } from "../terminal/messages.js";
import { Screen } from "../terminal/screen.js";

interface PushFlags {
  readonly private?: true;
  readonly message?: string;
  readonly json?: true;
  readonly quiet?: true;
}

export const define = (io: Io): Command =>
  newCommand("nerium push", io, {
    examples: [
      "nerium push my-model my-account/my-model",
      "nerium push my-model my-model --private",
      "HF_ENDPOINT=https://hub.example.org nerium push my-model team/my-model",
    ],
  })
    .description(
      "Upload a model folder and its card to the Hugging Face hub in one commit. Creates the repository if it does not exist. Needs a token with write access, in HF_TOKEN or from hf auth login. Does not upload checkpoints, hidden files and training_args.json.",
    )
    .argument("<FOLDER>", "Folder of a fine-tuned model.")
    .argument("<NAME>", "Name on the hub: ORG/NAME, or NAME for your own account.")
    .optionsGroup("Repository:")
    .option("--private", "Make a new repository private.")
    .option("--message <text>", "First line of the commit message.")
    .optionsGroup("Output:")
    .addOption(jsonOption())
    .addOption(quietOption())
    .action((folder: string, name: string, flags: PushFlags) => upload(folder, name, flags, io));

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

async function upload(folder: string, name: string, flags: PushFlags, io: Io): Promise<void> {
  const { push } = await import("../../hub/index.js");
  const screen = flags.quiet ? undefined : new Screen(io.stderr, io.env);
  let result: PushResult;
  try {
    result = await push(folder, name, {
      ...(flags.private === undefined ? {} : { private: true }),
      ...(flags.message === undefined ? {} : { message: flags.message }),
      onProgress: (file, share) => screen?.status(() => `uploading ${file}  ${Math.floor(share * 100)}%`),
    });
  } finally {
    screen?.clear();
  }
  const { url, commit, files, leftOut } = result;
  if (leftOut.length > 0)
    printNotes(io, [`not uploaded, because they are no files of this folder: ${leftOut.join(", ")}`]);
  if (flags.json) return writeJson(io.stdout, result);
  await writeText(io.stdout, `uploaded ${counted(files.length, "file")} to ${url}\ncommit   ${commit}\n`);
}
