import { STATUS_CODES } from "node:http";
import { isNeriumError, type NeriumError } from "../errors.js";
import { snakeCase } from "../recipe/spelling.js";
import { internal } from "./errors.js";

/** An error as the client reads it (RFC 9457). It never has a path, an address in memory or a stack. */
export interface Problem {
  readonly type: "about:blank";
  /** The name of the status. */
  readonly title: string;
  readonly status: number;
  /** What happened and what to do. */
  readonly detail: string;
  /** Stable identifier; docs/errors.md lists them. */
  readonly code: string;
  /** The id of the request, which the log has too. */
  readonly request_id: string;
}

export const PROBLEM_TYPE = "application/problem+json";

/** The status of each error that a client may read. All others are errors of the server, and their text is not sent. */
const STATUSES: Readonly<Record<string, number>> = {
  SERVE_HTTP_INVALID: 400,
  SERVE_JSON_INVALID: 400,
  SERVE_UNAUTHORIZED: 401,
  SERVE_NOT_FOUND: 404,
  SERVE_MODEL_UNKNOWN: 404,
  SERVE_METHOD_NOT_ALLOWED: 405,
  SERVE_CLIENT_SLOW: 408,
  SERVE_BODY_TOO_LARGE: 413,
  SERVE_TOO_MANY_TEXTS: 413,
  SERVE_TEXT_TOO_LONG: 413,
  SERVE_LINE_TOO_LONG: 413,
  TEXT_TOO_LONG: 413,
  SERVE_MEDIA_TYPE_UNSUPPORTED: 415,
  SERVE_REQUEST_INVALID: 422,
  INFER_OPTION_INVALID: 422,
  REDACT_FORMAT_INVALID: 422,
  REDACT_KEY_MISSING: 422,
  REDACT_KEY_SHORT: 422,
  REDACT_KEY_WRONG: 422,
  REDACT_OPTION_INVALID: 422,
  REDACT_PATTERN_INVALID: 422,
  REDACT_PRESIDIO_INVALID: 422,
  SERVE_OVERLOADED: 429,
  SERVE_DEADLINE_EXCEEDED: 429,
  SERVE_HEADERS_TOO_LARGE: 431,
  SERVE_CLIENT_GONE: 499,
  SERVE_INTERNAL: 500,
  SERVE_LOADING: 503,
  SERVE_DRAINING: 503,
};

/** Returns the error that the client may read: the error itself, or an internal error. */
export const publicError = (error: unknown): NeriumError =>
  isNeriumError(error) && Object.hasOwn(STATUSES, error.code) ? error : internal();

/** Returns the problem for an error. */
export function problemOf(error: unknown, requestId: string): Problem {
  const { code, message, where, remedy } = publicError(error);
  const status = STATUSES[code]!;
  // The options of the library are the fields of a request, in another spelling.
  const isField = code === "INFER_OPTION_INVALID" && where !== undefined;
  const what = isField ? message.replaceAll(where, snakeCase(where)) : message;
  const sentence = /[.!?]$/.test(what) ? what : `${what}.`;
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Client Closed Request",
    status,
    detail: remedy === undefined ? sentence : `${sentence} ${remedy}`,
    code,
    request_id: requestId,
  };
}
