import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { isNeriumError } from "../errors.js";
import { attempt } from "../files/index.js";
import { type OptionKinds, requireArgument, requireOptions } from "../options.js";
import type { HubClient } from "./client.js";
import {
  answerUnexpected,
  linkOutside,
  nameInvalid,
  nothingToPush,
  offlinePush,
  pushRefused,
  tokenMissing,
} from "./errors.js";
import { withClient } from "./hub.js";
import { isHubName } from "./names.js";
import { contentToUpload, type FolderFiles, filesToUpload } from "./uploadedFiles.js";

/** How to upload a model. */
export interface PushOptions {
  /** Makes a new repository private. An existing repository is not changed. */
  readonly private?: boolean;
  /** First line of the commit message. */
  readonly message?: string;
  /** Stops the work: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called while a large file is uploaded, with its progress from 0 to 1. */
  readonly onProgress?: (file: string, share: number) => void;
}

const PUSH_OPTIONS: OptionKinds<PushOptions> = {
  private: "true or false",
  message: "a text that is not empty",
  signal: "an AbortSignal",
  onProgress: "a function",
};

/** What was uploaded, and where. */
export interface PushResult {
  /** Name on the hub, including the account. */
  readonly name: string;
  /** Its page. */
  readonly url: string;
  readonly commit: string;
  /** Files of the commit, in order. */
  readonly files: readonly string[];
  /** Links that lead outside of the folder, and other files that are not regular. They were not uploaded. */
  readonly leftOut: readonly string[];
}

/**
 * Makes sure that the repository for a model exists and can be written to, before hours are spent on
 * training. Creates it if it does not exist.
 *
 * @param name `org/name`, or just a name for a repository of the token's account
 * @returns the full name
 * @throws NeriumError HUB_TOKEN_MISSING, HUB_OFFLINE, HUB_NAME_INVALID, HUB_TOKEN_REFUSED, HUB_PUSH_REFUSED
 */
export const preparePush = (name: string, options: PushOptions = {}): Promise<string> =>
  withClient((client) => destination(client, name, options));

/**
 * Uploads a model folder, including its card, in one commit. Checkpoints, hidden files and
 * `training_args.json` (which contains paths of this machine) are not uploaded, nor is anything outside of the
 * folder that a link leads to. The token comes from `HF_TOKEN`.
 *
 * @example
 * const { url } = await push("my-model", "my-account/my-model", { private: true });
 *
 * @throws NeriumError `PACKAGE_…` for arguments and options, HUB_TOKEN_MISSING, HUB_OFFLINE, HUB_NAME_INVALID,
 *   HUB_TOKEN_REFUSED, HUB_PUSH_REFUSED, HUB_NOTHING_TO_PUSH
 */
export async function push(folder: string, name: string, options: PushOptions = {}): Promise<PushResult> {
  requireArgument("push", "folder", folder, "a text");
  requireArgument("push", "name", name, "a text");
  requireOptions("push", options, PUSH_OPTIONS);
  const { uploaded: files, leftOut } = await filesToPush(folder);
  return withClient(async (client) => {
    const target = await destination(client, name, options);
    const { commitIter } = await import("@huggingface/hub");
    const uploading = commitIter({
      repo: { type: "model", name: target },
      title: options.message ?? `Upload ${basename(resolve(folder))} with Nerium`,
      operations: await Promise.all(
        files.map(async (path) => ({
          operation: "addOrUpdate" as const,
          path,
          content: await contentToUpload(folder, path),
        })),
      ),
      hubUrl: client.settings.endpoint,
      fetch: client.fetchFor(undefined, options.signal),
      ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
    });
    try {
      for (;;) {
        const { done, value } = await uploading.next();
        if (done) {
          if (value === undefined) throw answerUnexpected(target, "it contains no commit");
          return {
            name: target,
            url: `${client.settings.endpoint}/${target}`,
            commit: value.commit.oid,
            files,
            leftOut,
          };
        }
        if (value.event === "fileProgress" && value.state === "uploading")
          options.onProgress?.(value.path, value.progress);
      }
    } catch (error) {
      throw refused(target, error);
    }
  });
}

/** Returns the files of a model folder that are uploaded. */
async function filesToPush(folder: string): Promise<FolderFiles> {
  const names = await attempt(folder, "read the folder", () => readdir(folder));
  const hasWeights = names.some((name) => /^model\.safetensors(\.index\.json)?$/.test(name));
  if (!hasWeights || !names.includes("config.json")) throw nothingToPush(folder);
  const files = await attempt(folder, "read", () => filesToUpload(folder));
  const needed = files.leftOut.find((path) => /^(model.*\.safetensors|config\.json)$/.test(path));
  if (needed !== undefined) throw linkOutside(join(folder, needed));
  return files;
}

const account = z.object({ name: z.string().min(1) });

async function destination(client: HubClient, name: string, options: PushOptions): Promise<string> {
  const { endpoint, token, offline } = client.settings;
  if (!isHubName(name)) throw nameInvalid(name, "only letters, digits, -, _, . and one / are allowed");
  if (offline) throw offlinePush(name);
  if (token === undefined) throw tokenMissing(name);
  const target = name.includes("/") ? name : `${await accountOf(client)}/${name}`;
  const [organization, own] = target.split("/");
  const { signal } = options;
  const { answer } = await client.request(`${endpoint}/api/repos/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      type: "model",
      name: own,
      organization,
      ...(options.private === undefined ? {} : { private: options.private }),
    }),
    signal,
  });
  // 409: the repository already exists.
  if (answer.ok || answer.status === 409) {
    await answer.body?.cancel();
    return target;
  }
  const refusal = await client.refusal(answer, undefined);
  throw refused(target, refusal);
}

async function accountOf(client: HubClient): Promise<string> {
  const address = `${client.settings.endpoint}/api/whoami-v2`;
  const parsed = account.safeParse(await client.json(address, undefined));
  if (!parsed.success) throw answerUnexpected(address, "it contains no account name");
  return parsed.data.name;
}

/** Turns a failed upload into an error with a clear message. */
function refused(name: string, error: unknown): unknown {
  if (isNeriumError(error) && error.code !== "HUB_ANSWER") return error;
  if (error instanceof Error && error.name === "AbortError") return error;
  return pushRefused(name, error instanceof Error ? error.message : String(error));
}
