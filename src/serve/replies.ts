import { Readable } from "node:stream";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { isNeriumError, type NeriumError } from "../errors.js";
import { clientGone, httpInvalid, mediaTypeUnsupported } from "./errors.js";
import { PROBLEM_TYPE, problemOf } from "./problems.js";
import { recordOf } from "./requests.js";
import type { Serving } from "./serving.js";

/** Milliseconds to read on after an early answer, so that the client, which is still sending, can read it. */
const LINGER = 1000;

/** Turns an error of Fastify into one of the server. */
function translated(error: unknown): unknown {
  if (isNeriumError(error)) return error;
  const { code, statusCode = 500 } = error as FastifyError;
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return mediaTypeUnsupported("The body must have the header content-type: application/json");
  if (code === "ECONNRESET") return clientGone();
  return statusCode < 500 ? httpInvalid("its address or its headers are not valid") : error;
}

/** Answers with a problem. */
export function sendProblem(
  serving: Serving,
  given: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = translated(given);
  const problem = problemOf(error, request.id);
  const { status, code, detail } = problem;
  recordOf(request).code = code;
  const { config } = request.routeOptions ?? {};
  if (config?.takesTexts) serving.metrics.fail(code);
  if (code === "SERVE_INTERNAL") logInternal(serving, error, request);
  void reply.code(status).header("content-type", PROBLEM_TYPE).header("cache-control", "no-store");
  if (status === 401) void reply.header("www-authenticate", "Bearer");
  if (status === 405) void reply.header("allow", allowedIn(error as NeriumError));
  if (status === 429)
    void reply.header("retry-after", String(Math.max(1, Math.ceil(serving.admission.seconds))));
  if (status === 503) void reply.header("retry-after", "1").header("connection", "close");
  // Bytes get no charset, which this type does not have.
  const body = Buffer.from(JSON.stringify(config?.hasErrorField ? { ...problem, error: detail } : problem));
  if (!isSending(request)) {
    if (status !== 503) void reply.removeHeader("connection");
    return reply.send(body);
  }
  void reply.header("connection", "close").header("content-length", body.length);
  return reply.send(lingering(body, request));
}

/** Whether the client is still sending the body of its request. */
const isSending = ({ raw }: FastifyRequest): boolean =>
  raw.complete === false &&
  !raw.destroyed &&
  (raw.headers["transfer-encoding"] !== undefined || Number(raw.headers["content-length"] ?? 0) > 0);

const allowedIn = ({ message }: NeriumError): string => [...message.matchAll(/\b[A-Z]{3,}\b/g)].join(", ");

/** A body that ends when the client has stopped sending, or after a second. */
function lingering(body: Buffer, { raw }: FastifyRequest): Readable {
  const stream = new Readable({ read() {} });
  stream.push(body);
  const end = () => {
    clearTimeout(timer);
    raw.off("end", end).off("close", end);
    stream.push(null);
  };
  const timer = setTimeout(end, LINGER);
  raw
    .on("end", end)
    .on("close", end)
    .on("data", () => {})
    .resume();
  return stream;
}

/** Logs an error of the server, which the client does not see. */
export function logInternal({ settings }: Serving, error: unknown, request: FastifyRequest): void {
  const { name, code, message, stack, where, cause } = error as NeriumError;
  // This error quotes the text.
  const quotes = code === "TOKENIZE_ENCODING_FAILED" && !settings.logTexts;
  request.log.error(
    {
      request_id: request.id,
      err: quotes ? { name, code, where } : { name, code, message, where, stack, cause: String(cause ?? "") },
    },
    "internal error",
  );
}
