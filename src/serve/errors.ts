import { counted } from "../counted.js";
import { NeriumError, typeName } from "../errors.js";

/** A setting of the server has a value that it cannot have. */
export const settingInvalid = (where: string, what: string): NeriumError =>
  new NeriumError("SERVE_SETTING_INVALID", `Invalid setting: ${what}`, {
    where,
    remedy: "docs/serving.md lists all settings, with what their values can be.",
  });

/** There is no setting of this name. */
export const settingUnknown = (where: string, name: string, meant: string | undefined): NeriumError =>
  new NeriumError("SERVE_SETTING_UNKNOWN", `Unknown setting ${name}`, {
    where,
    remedy:
      meant === undefined
        ? "docs/serving.md lists all settings."
        : `Did you mean ${meant}? See docs/serving.md.`,
  });

/** The file of settings is not YAML, or not a map of settings. */
export const settingsFileInvalid = (where: string, what: string): NeriumError =>
  new NeriumError("SERVE_FILE_INVALID", `Invalid file of settings: ${what}`, {
    where,
    remedy: "Give a YAML file with one setting per line, such as max_texts: 64.",
  });

/** `createServer` got no models, or something else than folders, names and what `load` returns. */
export const modelsInvalid = (what: string): NeriumError =>
  new NeriumError("SERVE_MODELS_INVALID", what, {
    where: "models",
    remedy:
      'Give an object with a folder, a name on the hub, or what load() of this package returned, for each name: { ner: "my-model" }.',
  });

/** Two models have the same name, or a name has characters that cannot be part of an address. */
export const modelNameInvalid = (name: string, what: string): NeriumError =>
  new NeriumError("SERVE_MODEL_NAME_INVALID", `The model name ${JSON.stringify(name)} ${what}`, {
    where: name,
    remedy: "Give it a name of letters, digits, dots, hyphens and underscores: NAME=FOLDER.",
  });

/** The address cannot be listened on: another program uses it, or it needs rights, or it does not exist. */
export const cannotListen = (address: string, cause: NodeJS.ErrnoException): NeriumError => {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program uses it",
    EACCES: "it needs more rights",
    EADDRNOTAVAIL: "this machine does not have it",
    ENOTFOUND: "there is no such host",
  };
  return new NeriumError(
    "SERVE_CANNOT_LISTEN",
    `Could not listen: ${why[cause.code ?? ""] ?? cause.message}`,
    {
      where: address,
      remedy: "Give another one with --port or --host.",
      cause,
    },
  );
};

/** A request is not valid HTTP, or its address is not. */
export const httpInvalid = (what: string): NeriumError =>
  new NeriumError("SERVE_HTTP_INVALID", `Invalid HTTP request: ${what}`);

/** The body or a line of a request is not JSON in UTF-8, or has a key twice. */
export const jsonInvalid = (what: string): NeriumError =>
  new NeriumError("SERVE_JSON_INVALID", `Invalid JSON: ${what}`);

/** A request has no bearer token, or none that the server accepts. */
export const unauthorized = (): NeriumError =>
  new NeriumError("SERVE_UNAUTHORIZED", "The request has no valid token", {
    remedy: "Send the header Authorization: Bearer TOKEN with a token of this server.",
  });

/** There is nothing at this address. */
export const notFound = (): NeriumError =>
  new NeriumError("SERVE_NOT_FOUND", "Not found", { remedy: "See /docs for all addresses." });

/** The server has no model of this name. */
export const modelUnknown = (names: readonly string[]): NeriumError =>
  new NeriumError("SERVE_MODEL_UNKNOWN", "The server has no model of this name", {
    remedy: `Its models are ${names.join(", ")}.`,
  });

/** The address exists, but not for this method. */
export const methodNotAllowed = (allowed: readonly string[]): NeriumError =>
  new NeriumError("SERVE_METHOD_NOT_ALLOWED", `Method not allowed. Use ${allowed.join(" or ")}.`);

/** The client took too long to send the body of its request, or the next line of it. */
export const clientSlow = (what: string, seconds: number): NeriumError =>
  new NeriumError("SERVE_CLIENT_SLOW", `${what} did not arrive within ${counted(seconds, "second")}`);

/** The body of a request has too many bytes. */
export const bodyTooLarge = (most: number): NeriumError =>
  new NeriumError("SERVE_BODY_TOO_LARGE", `The body is larger than ${most} bytes`, {
    remedy:
      "Send a long list or a book as NDJSON (content-type: application/x-ndjson), one text per line, or raise the server's setting max-body-bytes.",
  });

/** A request has too many texts. */
export const tooManyTexts = (count: number, most: number): NeriumError =>
  new NeriumError(
    "SERVE_TOO_MANY_TEXTS",
    `The request has ${counted(count, "text")}, but at most ${most} are allowed`,
    {
      remedy:
        "Send fewer, or send them as NDJSON (content-type: application/x-ndjson), which has no limit on lines, or raise the server's setting max-texts.",
    },
  );

/** A text of a request has too many characters, or its words have. */
export const textTooLong = (where: string, length: number, most: number): NeriumError =>
  new NeriumError(
    "SERVE_TEXT_TOO_LONG",
    `${where} has ${length} characters, but at most ${most} are allowed`,
    {
      remedy:
        "Send a whole book as NDJSON (content-type: application/x-ndjson), one paragraph or chapter per line, or raise the server's setting max-text-length.",
    },
  );

/** A line of NDJSON has too many bytes. */
export const lineTooLong = (most: number): NeriumError =>
  new NeriumError("SERVE_LINE_TOO_LONG", `The line is longer than ${most} bytes`, {
    remedy: "Send shorter lines, or raise the server's setting max-line-bytes.",
  });

/** The body of a request is of a type that the address does not take, or it is compressed. */
export const mediaTypeUnsupported = (what: string): NeriumError =>
  new NeriumError("SERVE_MEDIA_TYPE_UNSUPPORTED", what);

/** The fields of a request are not those of the interface. */
export const requestInvalid = (what: string, remedy = "See /docs for all fields."): NeriumError =>
  new NeriumError("SERVE_REQUEST_INVALID", what, { remedy });

/** A request has too many headers, or headers with too many bytes. */
export const headersTooLarge = (what: string): NeriumError =>
  new NeriumError("SERVE_HEADERS_TOO_LARGE", `The headers are too large: ${what}`);

/** More texts wait than the server takes on. */
export const overloaded = (): NeriumError =>
  new NeriumError("SERVE_OVERLOADED", "The server has too much to do", {
    remedy: "Send the request again later.",
  });

/** A text was not done by its deadline. */
export const deadlineExceeded = (seconds: number): NeriumError =>
  new NeriumError(
    "SERVE_DEADLINE_EXCEEDED",
    `The request was not done within ${counted(seconds, "second")}`,
    {
      remedy: "Send it again later, send less at once, or raise the server's setting deadline.",
    },
  );

/** The client closed the connection before it had its answer. Appears in logs only. */
export const clientGone = (): NeriumError =>
  new NeriumError("SERVE_CLIENT_GONE", "The client closed the connection before it had its answer");

/** The server could not answer because of an error of its own. Its log has the error, with the id of the request. */
export const internal = (): NeriumError => new NeriumError("SERVE_INTERNAL", "Internal error");

/** The server has not loaded its models yet. */
export const loading = (): NeriumError =>
  new NeriumError("SERVE_LOADING", "The server is loading its models", {
    remedy: "Send the request again later.",
  });

/** The server is about to end. It finishes what it has begun and takes nothing new. */
export const draining = (): NeriumError =>
  new NeriumError("SERVE_DRAINING", "The server is shutting down", {
    remedy: "Send the request to another server.",
  });

/** An argument of `createServer` is not an object. */
export const optionsInvalid = (options: unknown): NeriumError =>
  new NeriumError("SERVE_OPTIONS_INVALID", `The options must be an object, not ${typeName(options)}`, {
    where: "createServer",
  });
