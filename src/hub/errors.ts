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
const withoutSecrets = (text: string): string =>
  text.replace(
    /\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/?#"'<>]*@)?([^\s?#"'<>]*)(?:[?#](?:[^\s"'<>]*[^\s"'<>.,;:)])?)?/gi,
    "$1$2",
  );

/** The name cannot be a name on the hub. */
export const nameInvalid = (asked: string, why: string) =>
  new NeriumError("HUB_NAME_INVALID", `"${asked}" is no name on the hub: ${why}`, {
    where: asked,
    remedy:
      "Give a name such as roberta-large or FacebookAI/roberta-large, with @REVISION behind it at will.",
  });

/** The hub has no such repository, or the user may not see it. */
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

/** The owner of the repository requires users to accept terms first. */
export const gated = (named: Named, page: string, hasToken: boolean) =>
  new NeriumError("HUB_GATED", `The ${called(named)} is gated: its owner asks you to agree to terms first`, {
    where: page,
    remedy: hasToken
      ? "Ask for access on that page, with the account that your HF_TOKEN belongs to; then try again."
      : "Ask for access on that page, make a token in your account's settings, and set HF_TOKEN to it.",
  });

/** The hub rejects the token. */
export const tokenRefused = (address: string) =>
  new NeriumError("HUB_TOKEN_REFUSED", "The hub refuses the token", {
    where: withoutSecrets(address),
    remedy:
      "Make a new one in your account's settings (it must be allowed what you ask for), and set HF_TOKEN to it.",
  });

/** The token has characters that an HTTP header cannot contain. */
export const tokenInvalid = () =>
  new NeriumError("HUB_TOKEN_INVALID", "The token has spaces, line ends or letters that no token has", {
    where: "HF_TOKEN",
    remedy: "Copy it anew from your account's settings, and set HF_TOKEN to it or log in with hf auth login.",
  });

/** An upload needs a token, and there is none. */
export const tokenMissing = (name: string) =>
  new NeriumError("HUB_TOKEN_MISSING", "Uploading needs a token of the hub, and there is none", {
    where: name,
    remedy: "Make one that may write, in your account's settings, and set HF_TOKEN to it.",
  });

/** The hub must not be used (HF_HUB_OFFLINE), and the cache does not have everything that is needed. */
export const notCached = (named: Named, missing: string, cache: string) =>
  new NeriumError(
    "HUB_NOT_CACHED",
    `There is no folder ${named.asked} here, HF_HUB_OFFLINE is set, and the cache does not have the ${called(named)}: ${missing}`,
    {
      where: cache,
      remedy: "Run once without HF_HUB_OFFLINE, or set HF_HOME to the cache that has it.",
    },
  );

/** An upload was requested, but HF_HUB_OFFLINE is set. */
export const offlinePush = (name: string) =>
  new NeriumError("HUB_OFFLINE", "HF_HUB_OFFLINE is set, and uploading needs the hub", {
    where: name,
    remedy: "Run without HF_HUB_OFFLINE.",
  });

/** Could not connect to the hub, or the connection keeps breaking. */
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

/** The hub reports a failure of its own, or its answer cannot be understood. */
export const answerUnexpected = (address: string, what: string) =>
  new NeriumError(
    "HUB_ANSWER",
    `The hub's answer is none that can be used: ${withoutSecrets(what).slice(0, 300)}`,
    {
      where: withoutSecrets(address),
      remedy: "Try again later; if HF_ENDPOINT is set, check that a hub stands there.",
    },
  );

/** The hub accepts no more requests for now: it asks to wait too long, or still refuses after all tries. */
export const rateLimited = (address: string, seconds: number) =>
  new NeriumError("HUB_RATE_LIMITED", `The hub takes no more requests for ${Math.ceil(seconds)} s`, {
    where: withoutSecrets(address),
    remedy: "Try again then; requests with HF_TOKEN are allowed more.",
  });

/** Too many redirects in a row. */
export const redirectsWithoutEnd = (address: string) =>
  new NeriumError("HUB_REDIRECTS", "The hub sends from one address to the next without end", {
    where: withoutSecrets(address),
    remedy: "Check HF_ENDPOINT and the proxy.",
  });

/** An address is neither https nor on this machine. */
export const insecure = (address: string) =>
  new NeriumError(
    "HUB_INSECURE",
    "Only https is asked over a network: anybody on the way could read the token and change the model",
    {
      where: withoutSecrets(address),
      remedy: "Give HF_ENDPOINT an address with https://; http:// is for localhost alone.",
    },
  );

/** An address redirects to one that is not https. */
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

/** HF_ENDPOINT or a proxy variable is not a valid address. */
export const addressInvalid = (variable: string, value: string) =>
  new NeriumError(
    "HUB_ADDRESS_INVALID",
    // An invalid address may still contain a password, before the last @.
    `${variable} is no address: "${value.replace(/^.*@|[?#].*$/gs, "")}"`,
    {
      where: variable,
      remedy: "Give one such as https://huggingface.co.",
    },
  );

/** HF_ENDPOINT contains a user name or a password. */
export const addressWithPassword = (variable: string) =>
  new NeriumError("HUB_ADDRESS_INVALID", `${variable} has a user name or a password in it`, {
    where: variable,
    remedy: "Give the address alone, and set HF_TOKEN to a token.",
  });

/** The downloaded file differs from the hub's listing; it is deleted. */
export const fileDamaged = (file: string, why: string) =>
  new NeriumError(
    "HUB_FILE_DAMAGED",
    `The download is not the file that the hub lists (${why}); it is deleted`,
    {
      where: file,
      remedy: "Try again; if it stays so, something between you and the hub changes files.",
    },
  );

/** A download keeps breaking off and makes no more progress. */
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

/** An upload failed and cannot be repeated, because its source can be read only once. */
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

/**
 * A repository contains a file that would be written outside of its folder, or that some operating systems
 * cannot store.
 */
export const pathUnsafe = (path: string, why: string) =>
  new NeriumError("HUB_PATH_UNSAFE", `The repository names a file that is not safe to write: ${why}`, {
    where: JSON.stringify(path).slice(0, 200),
    remedy: "Do not use this repository; tell the hub about it.",
  });

/** A repository has no config.json, so it is not a transformers model. */
export const noModel = (named: Named) =>
  new NeriumError("HUB_NO_MODEL", `The ${called(named)} has no config.json`, {
    where: named.asked,
    remedy: "Give the name of a model for transformers.",
  });

/** A model has no weights in safetensors format. */
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

/** A data set has no readable files, neither at this revision nor as Parquet made by the hub. */
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

/** A data set does not have the requested configuration, or has several and none was requested. */
export const configUnknown = (named: Named, config: string | undefined, known: readonly string[]) =>
  new NeriumError(
    "HUB_CONFIG_UNKNOWN",
    config === undefined
      ? `The ${called(named)} has several configurations, and none of them is its default`
      : `The ${called(named)} has no configuration ${config}`,
    { where: named.asked, remedy: `Give dataset_config one of: ${known.slice(0, 30).join(", ")}.` },
  );

/** A data set does not have the requested split. */
export const noSplit = (named: Named, split: string, known: readonly string[]) =>
  new NeriumError("HUB_NO_SPLIT", `The ${called(named)} has no part called ${split}`, {
    where: named.asked,
    remedy: `It has: ${known.slice(0, 30).join(", ")}. To train, give files for what it lacks; to evaluate, name a part with --split.`,
  });

/** The YAML block at the top of a data set's README.md is not valid. */
export const cardInvalid = (file: string, why: string) =>
  new NeriumError(
    "HUB_CARD_INVALID",
    `The description of the data set is not valid YAML: ${why.slice(0, 200)}`,
    {
      where: file,
      remedy: "Tell the data set's owner, or give another revision.",
    },
  );

/** The folder to upload does not contain a model. */
export const nothingToPush = (folder: string) =>
  new NeriumError(
    "HUB_NOTHING_TO_PUSH",
    "The folder holds no model: config.json and model.safetensors are needed",
    {
      where: folder,
      remedy: "Give a folder that nerium train wrote.",
    },
  );

/** The hub refuses the upload. */
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
