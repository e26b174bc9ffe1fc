import { NeriumError } from "../errors.js";

/** A repository as error messages name it: the name as it was typed. */
export interface Named {
  readonly kind: "model" | "dataset";
  readonly asked: string;
}

const called = ({ kind, asked }: Named): string => `${kind === "model" ? "model" : "data set"} ${asked}`;

/**
 * Removes from the addresses in a text everything that may be secret: user name and password, query,
 * fragment. Addresses of files on other hosts are signed, and anyone who has one may read or write the file.
 */
const bareAddresses = (text: string): string =>
  text.replace(
    /\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/?#"'<>]*@)?([^\s?#"'<>]*)(?:[?#](?:[^\s"'<>]*[^\s"'<>.,;:)])?)?/gi,
    "$1$2",
  );

/** The name cannot be a name on the hub. */
export const nameInvalid = (asked: string, why: string) =>
  new NeriumError("HUB_NAME_INVALID", `"${asked}" is not a valid name on the hub: ${why}`, {
    where: asked,
    remedy:
      "Give a name such as roberta-large or FacebookAI/roberta-large, optionally followed by @REVISION.",
  });

/** The hub has no such repository, or the user may not see it. */
export const notFound = (named: Named, hasToken: boolean) =>
  new NeriumError(
    "HUB_NOT_FOUND",
    `There is no ${called(named)} on the hub, and no local folder with this name`,
    {
      where: named.asked,
      remedy: hasToken
        ? "Check the spelling. If the repository is private, set HF_TOKEN to a token that has access to it."
        : "Check the spelling. If the repository is private, set HF_TOKEN, or log in with hf auth login.",
    },
  );

/** The repository has no such branch, tag or commit. */
export const revisionNotFound = (named: Named, revision: string) =>
  new NeriumError("HUB_REVISION_NOT_FOUND", `The ${called(named)} has no revision ${revision}`, {
    where: `${named.asked}@${revision}`,
    remedy: "Give a branch, tag or commit from its page on the hub.",
  });

/** The owner of the repository requires users to accept terms first. */
export const gated = (named: Named, page: string, hasToken: boolean) =>
  new NeriumError("HUB_GATED", `The ${called(named)} is gated: you must accept its terms first`, {
    where: page,
    remedy: hasToken
      ? "Request access on this page with the account of your token, then try again."
      : "Request access on this page, create a token in your account settings, and set HF_TOKEN to it.",
  });

/** The hub rejects the token. */
export const tokenRefused = (address: string) =>
  new NeriumError("HUB_TOKEN_REFUSED", "The hub rejected the token", {
    where: bareAddresses(address),
    remedy:
      "Create a new token with the required permissions in your account settings, and set HF_TOKEN to it.",
  });

/** The token has characters that an HTTP header cannot contain. */
export const tokenInvalid = () =>
  new NeriumError("HUB_TOKEN_INVALID", "The token contains spaces, line breaks or other invalid characters", {
    where: "HF_TOKEN",
    remedy: "Copy it again from your account settings, and set HF_TOKEN to it or log in with hf auth login.",
  });

/** An upload needs a token, and there is none. */
export const tokenMissing = (name: string) =>
  new NeriumError("HUB_TOKEN_MISSING", "Uploading to the hub needs a token", {
    where: name,
    remedy:
      "Create a token with write access in your account settings, and set HF_TOKEN to it or log in with hf auth login.",
  });

/** The hub must not be used (HF_HUB_OFFLINE), and the cache does not have everything that is needed. */
export const notCached = (named: Named, missing: string, cache: string) =>
  new NeriumError(
    "HUB_NOT_CACHED",
    `The ${called(named)} is neither a local folder nor in the cache (${missing}), and HF_HUB_OFFLINE is set`,
    {
      where: cache,
      remedy: "Run once without HF_HUB_OFFLINE, or set HF_HOME to a cache that contains it.",
    },
  );

/** An upload was requested, but HF_HUB_OFFLINE is set. */
export const offlinePush = (name: string) =>
  new NeriumError("HUB_OFFLINE", "Cannot upload while HF_HUB_OFFLINE is set", {
    where: name,
    remedy: "Run without HF_HUB_OFFLINE.",
  });

/** Could not connect to the hub, or the connection keeps breaking. */
export const unreachable = (address: string, cause: unknown, named?: Named) =>
  new NeriumError(
    "HUB_UNREACHABLE",
    `${named === undefined ? "Could" : `There is no local folder ${named.asked}, and Nerium could`} not connect to the hub: ${reason(cause)}`,
    {
      where: bareAddresses(address),
      remedy:
        "Check the connection, HF_ENDPOINT and, behind a proxy, HTTPS_PROXY. HF_HUB_OFFLINE=1 uses only the cache.",
      cause,
    },
  );

function reason(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return bareAddresses(inner instanceof Error ? inner.message || inner.name : String(inner)).slice(0, 200);
}

/** The hub reports a failure of its own, or its answer cannot be understood. */
export const answerUnexpected = (address: string, what: string) =>
  new NeriumError("HUB_ANSWER", `Unexpected response from the hub: ${bareAddresses(what).slice(0, 300)}`, {
    where: bareAddresses(address),
    remedy: "Try again later. If HF_ENDPOINT is set, check that it is the address of a hub.",
  });

/** The hub accepts no more requests for now: it asks to wait too long, or still refuses after all tries. */
export const rateLimited = (address: string, seconds: number) =>
  new NeriumError("HUB_RATE_LIMITED", `The hub accepts no more requests for ${Math.ceil(seconds)} s`, {
    where: bareAddresses(address),
    remedy: "Try again after that time. Requests with HF_TOKEN have a higher limit.",
  });

/** Too many redirects in a row. */
export const redirectsWithoutEnd = (address: string) =>
  new NeriumError("HUB_REDIRECTS", "The hub redirects too many times", {
    where: bareAddresses(address),
    remedy: "Check HF_ENDPOINT and the proxy.",
  });

/** An address is neither https nor on this machine. */
export const insecure = (address: string) =>
  new NeriumError(
    "HUB_INSECURE",
    "The address is not https: others on the network could read the token and change the model",
    {
      where: bareAddresses(address),
      remedy: "Set HF_ENDPOINT to an https:// address. http:// is only allowed for localhost.",
    },
  );

/** An address redirects to one that is not https. */
export const insecureRedirect = (from: URL, to: URL) =>
  new NeriumError(
    "HUB_INSECURE",
    bareAddresses(
      `The hub redirects from ${from.href} to ${to.href}, which is not https: others on the network could read and change the data`,
    ),
    {
      where: bareAddresses(from.href),
      remedy: "Check HF_ENDPOINT and the proxy: the server that responds may not be the hub.",
    },
  );

/** HF_ENDPOINT or a proxy variable is not a valid address. */
export const addressInvalid = (variable: string, value: string) =>
  new NeriumError(
    "HUB_ADDRESS_INVALID",
    // An invalid address may still contain a password, before the last @.
    `${variable} is not a valid address: "${value.replace(/^.*@|[?#].*$/gs, "")}"`,
    {
      where: variable,
      remedy: "Set it to an address such as https://huggingface.co.",
    },
  );

/** HF_ENDPOINT contains a user name or a password. */
export const addressWithPassword = (variable: string) =>
  new NeriumError("HUB_ADDRESS_INVALID", `${variable} contains a user name or a password`, {
    where: variable,
    remedy: "Set it to the address only, and set HF_TOKEN to a token.",
  });

/** The downloaded file differs from the hub's listing; it is deleted. */
export const fileDamaged = (file: string, why: string) =>
  new NeriumError(
    "HUB_FILE_DAMAGED",
    `The downloaded file is not the one that the hub lists (${why}), and was deleted`,
    {
      where: file,
      remedy: "Try again. If it happens again, something between you and the hub changes files.",
    },
  );

/** A download keeps breaking off and makes no more progress. */
export const downloadInterrupted = (file: string, done: number, size: number, cause: unknown) =>
  new NeriumError(
    "HUB_DOWNLOAD_INTERRUPTED",
    `The download was interrupted at ${done} of ${size} bytes: ${reason(cause)}`,
    {
      where: file,
      remedy: "Check the connection and try again.",
      cause,
    },
  );

/** An upload failed and cannot be repeated, because its source can be read only once. */
export const uploadInterrupted = (address: string, cause: unknown) =>
  new NeriumError(
    "HUB_UPLOAD_INTERRUPTED",
    `The upload was interrupted and cannot be repeated, because its source is a stream: ${reason(cause)}`,
    {
      where: bareAddresses(address),
      remedy:
        "Start the upload again. A source that can be read again (a Blob or bytes) is retried automatically.",
      cause,
    },
  );

/**
 * A repository contains a file that would be written outside of its folder, or that some operating systems
 * cannot store.
 */
export const pathUnsafe = (path: string, why: string) =>
  new NeriumError("HUB_PATH_UNSAFE", `The repository contains a file with an unsafe path: ${why}`, {
    where: JSON.stringify(path).slice(0, 200),
    remedy: "Do not use this repository, and report it to the hub.",
  });

/** A repository has no config.json, so it is not a transformers model. */
export const noModel = (named: Named) =>
  new NeriumError("HUB_NO_MODEL", `The ${called(named)} has no config.json`, {
    where: named.asked,
    remedy: "Give the name of a transformers model.",
  });

/** A model has no weight file that Nerium reads. */
export const noWeights = (named: Named, has: string | undefined) =>
  new NeriumError(
    "HUB_NO_WEIGHTS",
    `The ${called(named)} has no model.safetensors or pytorch_model.bin${has === undefined ? "" : `, only ${has}, which is not supported`}`,
    {
      where: named.asked,
      remedy:
        "Give a revision that has one, such as NAME@refs/pr/N for a pull request, or convert the model in Python with save_pretrained.",
    },
  );

/** A data set has no readable files, neither at this revision nor as Parquet made by the hub. */
export const noDataFiles = (named: Named, isScript: boolean) =>
  new NeriumError(
    "HUB_NO_DATA_FILES",
    isScript
      ? `The ${called(named)} is a Python script, which is never run, and the hub has no Parquet version of it`
      : `The ${called(named)} has no Parquet, JSON, CSV or CoNLL files, and the hub has no Parquet version of it`,
    {
      where: named.asked,
      remedy:
        'Save it as files in Python (load_dataset(…)["train"].to_json(…)), and use them as train and validation.',
    },
  );

/** A data set does not have the requested configuration, or has several and none was requested. */
export const configUnknown = (named: Named, config: string | undefined, known: readonly string[]) =>
  new NeriumError(
    "HUB_CONFIG_UNKNOWN",
    config === undefined
      ? `The ${called(named)} has several configurations, but no default`
      : `The ${called(named)} has no configuration ${config}`,
    { where: named.asked, remedy: `Set dataset_config to one of ${known.slice(0, 30).join(", ")}.` },
  );

/** A data set does not have the requested split. */
export const noSplit = (named: Named, split: string, known: readonly string[]) =>
  new NeriumError("HUB_NO_SPLIT", `The ${called(named)} has no split ${split}`, {
    where: named.asked,
    remedy: `It has ${known.slice(0, 30).join(", ")}. For nerium train, give a file as ${split}; for nerium evaluate, choose another --split.`,
  });

/** The YAML block at the top of a data set's README.md is not valid. */
export const cardInvalid = (file: string, why: string) =>
  new NeriumError(
    "HUB_CARD_INVALID",
    `The metadata of the data set is not valid YAML: ${why.slice(0, 200)}`,
    {
      where: file,
      remedy: "Report it to the owner of the data set, or use another revision.",
    },
  );

/** The folder to upload does not contain a model. */
export const nothingToPush = (folder: string) =>
  new NeriumError(
    "HUB_NOTHING_TO_PUSH",
    "The folder contains no model: it needs config.json and model.safetensors",
    {
      where: folder,
      remedy: "Give a model folder written by nerium train.",
    },
  );

/** The hub refuses the upload. */
export const pushRefused = (name: string, why: string) =>
  new NeriumError("HUB_PUSH_REFUSED", `The hub rejected the upload: ${bareAddresses(why).slice(0, 300)}`, {
    where: name,
    remedy: "Check that the token has write access to this name, then run nerium push FOLDER NAME.",
  });

/** The weights or the configuration to upload are a link that leads outside of the folder. */
export const linkOutside = (file: string) =>
  new NeriumError("HUB_LINK_OUTSIDE", "The file is a link that leads outside of the folder, or not a file", {
    where: file,
    remedy: "Copy the model with its content: cp -rL FOLDER COPY. Then push the copy.",
  });
