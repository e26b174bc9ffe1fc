import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { clientSlow, headersTooLarge, httpInvalid } from "./errors.js";
import { PROBLEM_TYPE, problemOf } from "./problems.js";
import { begunRecord, requestId } from "./requests.js";
import type { Settings } from "./settings.js";

/** Milliseconds between two looks at connections that have not sent their headers. */
const CHECKING = 1000;

/** Makes the server that accepts connections, with its limits on headers, connections and slow clients. */
export function httpServer(settings: Settings, listener: RequestListener): Server {
  const { headersTimeout, keepAliveTimeout, maxHeaderBytes, maxHeadersCount, maxConnections } = settings;
  const server = createServer(
    {
      headersTimeout: 1000 * headersTimeout,
      // Bodies have timers of their own, because one in NDJSON may take any time.
      requestTimeout: 0,
      keepAliveTimeout: 1000 * keepAliveTimeout,
      maxHeaderSize: maxHeaderBytes,
      connectionsCheckingInterval: Math.min(CHECKING, 500 * headersTimeout),
      noDelay: true,
      // Checked with the request, which then gets an answer in the form of all others.
      requireHostHeader: false,
    },
    listener,
  );
  // Node drops what is more, so one more tells that there were too many.
  server.maxHeadersCount = maxHeadersCount + 1;
  server.maxConnections = maxConnections;
  return server;
}

/** Answers what is not HTTP, with the parser's error. */
export function answerBadHttp(
  log: Logger,
  settings: Settings,
  error: NodeJS.ErrnoException,
  socket: Socket,
): void {
  const { _httpMessage: answering } = socket as Socket & { _httpMessage?: ServerResponse | null };
  // The request that is broken by what follows its headers has a line in the log of its own.
  const record = answering ? begunRecord(answering.req) : undefined;
  const isGone =
    error.code === "ECONNRESET" || (record !== undefined && error.code === "HPE_INVALID_EOF_STATE");
  const id = record?.id ?? requestId({ headers: {} });
  const problem = problemOf(errorOf(error.code ?? "", settings), id);
  if (record !== undefined && !isGone) record.code = problem.code;
  if (isGone || !socket.writable || answering?.headersSent) {
    socket.destroy();
    return;
  }
  if (record !== undefined) record.status = problem.status;
  else
    log.info({ request_id: id, status: problem.status, code: problem.code, reason: error.code }, "not HTTP");
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${id}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

function errorOf(code: string, { headersTimeout, maxHeaderBytes }: Settings) {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return clientSlow("The headers of the request", headersTimeout);
  if (code === "HPE_HEADER_OVERFLOW") return headersTooLarge(`more than ${maxHeaderBytes} bytes`);
  return httpInvalid("it cannot be parsed");
}
