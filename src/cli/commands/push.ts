import { Option } from "commander";
import type { PushResult } from "../../hub/index.js";
import { kebabFlags, newCommand, quietOption, withExamples } from "../command.js";
import { type Io, writeText } from "../io.js";
import { Screen } from "../terminal/screen.js";

interface PushFlags {
  readonly private?: true;
  readonly message?: string;
  readonly json?: true;
  readonly quiet?: true;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium push", io)
    .description(
      "Uploads a model folder and its card to the Hugging Face hub, in one commit, and makes the repository where there is none. Needs a token that may write, in HF_TOKEN or where hf auth login left it. Checkpoints, hidden files and training_args.json stay here.",
    )
    .argument("<FOLDER>", "folder of a fine-tuned model")
    .argument("<NAME>", "name on the hub, ORG/NAME, or NAME for your own account")
    .option("--private", "make a new repository private")
    .addOption(new Option("--message <text>", "first line of the commit"))
    .option("--json", "print one JSON object instead of text")
    .addOption(quietOption())
    .action((folder: string, name: string, flags: PushFlags) => upload(folder, name, flags, io));
  withExamples(
    command,
    "nerium push my-model my-account/my-model",
    "nerium push my-model my-model --private",
    "HF_ENDPOINT=https://hub.example.org nerium push my-model team/my-model",
  );
  await command.parseAsync(kebabFlags(args), { from: "user" });
}

async function upload(folder: string, name: string, flags: PushFlags, io: Io): Promise<void> {
  const { push } = await import("../../hub/index.js");
  const screen = flags.quiet ? undefined : new Screen(io.stderr);
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
  const { url, commit, files } = result;
  const text = flags.json
    ? JSON.stringify(result)
    : `uploaded ${files.length} files to ${url}\ncommit   ${commit}`;
  await writeText(io.stdout, `${text}\n`);
}
