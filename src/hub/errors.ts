import { NeriumError } from "../errors.js";

/** What an error says about a repository: the name as it was typed. */
export interface Named {
  readonly kind: "model" | "dataset";
  readonly asked: string;
}

const called = ({ kind, asked }: Named): string => `${kind === "model" ? "model" : "data set"} ${asked}`;

/**
 * A text with its addresses less what may be secret in them: name and password, query, fragment. Addresses of files on
 * other hosts are signed, and whoever has one may read or write the file.
 */
const withoutSecrets = (text: string): string =>
  text.replace(
    /\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/?#"'<>]*@)?([^\s?#"'<>]*)(?:[?#](?:[^\s"'<>]*[^\s"'<>.,;:)])?)?/gi,
    "$1$2",
  );

/** A name is none that the hub can have. */
export const nameInvalid = (asked: string, why: string) =>
  new NeriumError("HUB_NAME_INVALID", `"${asked}" is no name on the hub: ${why}`, {
    where: asked,
    remedy:
      "Give a name such as roberta-large or FacebookAI/roberta-large, with @REVISION behind it at will.",
  });

/** The hub has no such repository, or shows it only to others. */
export const notFound = (named: Named, hasToken: boolean) =>
  new NeriumError(
    "HUB_NOT_FOUND",
    `The hub has no ${called(named)}, and there is no folder of that name here`,
    {
      where: named.asked,
      remedy: hasToken
        ? "Check the spelling; if it is private, give HF_TOKEN a token that may read it."
        : "Check the spelling; if it is private, set HF_TOKEN to a token that may read it.",
    },
  );

/** The repository has no such branch, tag or commit. */
export const revisionNotFound = (named: Named, revision: string) =>
  new NeriumError("HUB_REVISION_NOT_FOUND", `The ${called(named)} has no revision ${revision}`, {
    where: `${named.asked}@${revision}`,
    remedy: "Give a branch, a tag or a commit that its page on the hub lists.",
  });

/** The repository's owner asks for an agreement first. */
export const gated = (named: Named, page: string, hasToken: boolean) =>
  new NeriumError("HUB_GATED", `The ${called(named)} is gated: its owner asks you to agree to terms first`, {
    where: page,
    remedy: hasToken
      ? "Ask for access on that page, with the account that your HF_TOKEN belongs to; then try again."
      : "Ask for access on that page, make a token in your account's settings, and set HF_TOKEN to it.",
  });

/** The hub does not take the token. */
export const tokenRefused = (address: string) =>
  new NeriumError("HUB_TOKEN_REFUSED", "The hub refuses the token", {
    where: withoutSecrets(address),
    remedy:
      "Make a new one in your account's settings (it must be allowed what you ask for), and set HF_TOKEN to it.",
  });

/** The token has characters that no request can carry. */
export const tokenInvalid = () =>
  new NeriumError("HUB_TOKEN_INVALID", "The token has spaces, line ends or letters that no token has", {
    where: "HF_TOKEN",
    remedy: "Copy it anew from your account's settings, and set HF_TOKEN to it or log in with hf auth login.",
  });

/** Something is to be uploaded, and there is no token. */
export const tokenMissing = (name: string) =>
  new NeriumError("HUB_TOKEN_MISSING", "Uploading needs a token of the hub, and there is none", {
    where: name,
    remedy: "Make one that may write, in your account's settings, and set HF_TOKEN to it.",
  });

/** The hub is not to be asked (HF_HUB_OFFLINE), and the cache does not have all that is needed. */
export const notCached = (named: Named, missing: string, cache: string) =>
  new NeriumError(
    "HUB_NOT_CACHED",
    `There is no folder ${named.asked} here, HF_HUB_OFFLINE is set, and the cache does not have the ${called(named)}: ${missing}`,
    {
      where: cache,
      remedy: "Run once without HF_HUB_OFFLINE, or set HF_HOME to the cache that has it.",
    },
  );

/** Something is to be uploaded, and HF_HUB_OFFLINE is set. */
export const offlinePush = (name: string) =>
  new NeriumError("HUB_OFFLINE", "HF_HUB_OFFLINE is set, and uploading needs the hub", {
    where: name,
    remedy: "Run without HF_HUB_OFFLINE.",
  });

/** No connection to the hub comes about, or it breaks again and again. */
export const unreachable = (address: string, cause: unknown, named?: Named) =>
  new NeriumError(
    "HUB_UNREACHABLE",
    `${named === undefined ? "The" : `There is no folder ${named.asked} here, and the`} hub can't be reached: ${reason(cause)}`,
    {
      where: withoutSecrets(address),
      remedy:
        "Check the connection, HF_ENDPOINT, and behind a proxy HTTPS_PROXY; HF_HUB_OFFLINE=1 uses the cache alone.",
      cause,
    },
  );

function reason(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return withoutSecrets(inner instanceof Error ? inner.message || inner.name : String(inner)).slice(0, 200);
}

/** The hub answers that it has a failure of its own, or something that no hub says. */
export const answerUnexpected = (address: string, what: string) =>
  new NeriumError(
    "HUB_ANSWER",
    `The hub's answer is none that can be used: ${withoutSecrets(what).slice(0, 300)}`,
    {
      where: withoutSecrets(address),
      remedy: "Try again later; if HF_ENDPOINT is set, check that a hub stands there.",
    },
  );

/** The hub asks to be left alone for longer than a program should wait. */
export const rateLimited = (address: string, seconds: number) =>
  new NeriumError("HUB_RATE_LIMITED", `The hub takes no more requests for ${Math.ceil(seconds)} s`, {
    where: withoutSecrets(address),
    remedy: "Try again then; requests with HF_TOKEN are allowed more.",
  });

/** An address leads to another, again and again. */
export const redirectsWithoutEnd = (address: string) =>
  new NeriumError("HUB_REDIRECTS", "The hub sends from one address to the next without end", {
    where: withoutSecrets(address),
    remedy: "Check HF_ENDPOINT and the proxy.",
  });

/** An address is not https, and not of this machine. */
export const insecure = (address: string) =>
  new NeriumError(
    "HUB_INSECURE",
    "Only https is asked over a network: anybody on the way could read the token and change the model",
    {
      where: withoutSecrets(address),
      remedy: "Give HF_ENDPOINT an address with https://; http:// is for localhost alone.",
    },
  );

/** An address leads to one that is not https. */
export const insecureRedirect = (from: URL, to: URL) =>
  new NeriumError(
    "HUB_INSECURE",
    withoutSecrets(
      `The hub sends from ${from.href} to ${to.href}, which is not https: anybody on the way could read what is sent and change the model`,
    ),
    {
      where: withoutSecrets(from.href),
      remedy: "Check HF_ENDPOINT and the proxy: whoever answers there may not be the hub.",
    },
  );

/** HF_ENDPOINT or a proxy variable holds no address. */
export const addressInvalid = (variable: string, value: string) =>
  new NeriumError(
    "HUB_ADDRESS_INVALID",
    // What is no address may hold a password all the same, before the last @.
    `${variable} is no address: "${value.replace(/^.*@|[?#].*$/gs, "")}"`,
    {
      where: variable,
      remedy: "Give one such as https://huggingface.co.",
    },
  );

/** HF_ENDPOINT has a user name or a password in it. */
export const addressWithPassword = (variable: string) =>
  new NeriumError("HUB_ADDRESS_INVALID", `${variable} has a user name or a password in it`, {
    where: variable,
    remedy: "Give the address alone, and set HF_TOKEN to a token.",
  });

/** What was downloaded is not what the hub's listing promises; it is deleted. */
export const fileDamaged = (file: string, why: string) =>
  new NeriumError(
    "HUB_FILE_DAMAGED",
    `The download is not the file that the hub lists (${why}); it is deleted`,
    {
      where: file,
      remedy: "Try again; if it stays so, something between you and the hub changes files.",
    },
  );

/** A download breaks off and makes no headway any more. */
export const downloadInterrupted = (file: string, done: number, size: number, cause: unknown) =>
  new NeriumError(
    "HUB_DOWNLOAD_INTERRUPTED",
    `The download breaks off at ${done} of ${size} bytes: ${reason(cause)}`,
    {
      where: file,
      remedy: "Check the connection and try again.",
      cause,
    },
  );

/** An upload fails whose source can be read only once, so that it can't be sent again. */
export const uploadInterrupted = (address: string, cause: unknown) =>
  new NeriumError(
    "HUB_UPLOAD_INTERRUPTED",
    `The upload breaks off and can't be sent again, as its source is a stream: ${reason(cause)}`,
    {
      where: withoutSecrets(address),
      remedy:
        "Start the upload again; a source that can be read again (a Blob, bytes) is sent again by itself.",
      cause,
    },
  );

/** A repository names a file that would land outside of its folder, or that some system cannot hold. */
export const pathUnsafe = (path: string, why: string) =>
  new NeriumError("HUB_PATH_UNSAFE", `The repository names a file that is not safe to write: ${why}`, {
    where: JSON.stringify(path).slice(0, 200),
    remedy: "Do not use this repository; tell the hub about it.",
  });

/** A repository has no config.json: it holds no model of transformers. */
export const noModel = (named: Named) =>
  new NeriumError("HUB_NO_MODEL", `The ${called(named)} has no config.json`, {
    where: named.asked,
    remedy: "Give the name of a model for transformers.",
  });

/** A model has its weights in no safetensors file. */
export const noSafetensors = (named: Named, has: string | undefined) =>
  new NeriumError(
    "HUB_NO_SAFETENSORS",
    `The ${called(named)} has no model.safetensors${has === undefined ? "" : `, only ${has}, which can hold code and is never read`}`,
    {
      where: named.asked,
      remedy:
        "Give a revision that has one (the hub converts many: look at its pull requests), or convert it in Python with save_pretrained.",
    },
  );

/** A data set has no files that can be read, at this revision or as Parquet made by the hub. */
export const noDataFiles = (named: Named, isScript: boolean) =>
  new NeriumError(
    "HUB_NO_DATA_FILES",
    isScript
      ? `The ${called(named)} is a Python script, which is never run, and the hub has made no Parquet of it`
      : `The ${called(named)} has no Parquet, JSON, CSV or CoNLL files, and the hub has made no Parquet of it`,
    {
      where: named.asked,
      remedy:
        'Write it to files in Python (load_dataset(…)["train"].to_json(…)), and give these as train and validation.',
    },
  );

/** A data set has several configurations, and none or another one is asked for. */
export const configUnknown = (named: Named, config: string | undefined, known: readonly string[]) =>
  new NeriumError(
    "HUB_CONFIG_UNKNOWN",
    config === undefined
      ? `The ${called(named)} has several configurations, and none of them is its default`
      : `The ${called(named)} has no configuration ${config}`,
    { where: named.asked, remedy: `Give dataset_config one of: ${known.slice(0, 30).join(", ")}.` },
  );

/** A data set has no part of a name that is asked for. */
export const noSplit = (named: Named, split: string, known: readonly string[]) =>
  new NeriumError("HUB_NO_SPLIT", `The ${called(named)} has no part called ${split}`, {
    where: named.asked,
    remedy: `It has: ${known.slice(0, 30).join(", ")}. To train, give files for what it lacks; to evaluate, name a part with --split.`,
  });

/** The description at the head of a data set's README.md is not valid YAML. */
export const cardInvalid = (file: string, why: string) =>
  new NeriumError(
    "HUB_CARD_INVALID",
    `The description of the data set is not valid YAML: ${why.slice(0, 200)}`,
    {
      where: file,
      remedy: "Tell the data set's owner, or give another revision.",
    },
  );

/** The folder to upload holds no model. */
export const nothingToPush = (folder: string) =>
  new NeriumError(
    "HUB_NOTHING_TO_PUSH",
    "The folder holds no model: config.json and model.safetensors are needed",
    {
      where: folder,
      remedy: "Give a folder that nerium train wrote.",
    },
  );

/** The hub does not take the upload. */
export const pushRefused = (name: string, why: string) =>
  new NeriumError(
    "HUB_PUSH_REFUSED",
    `The hub does not take the upload: ${withoutSecrets(why).slice(0, 300)}`,
    {
      where: name,
      remedy:
        "Check that the token may write there, and that the name is yours; then nerium push FOLDER NAME.",
    },
  );
