import type { FastifyReply, FastifyRequest } from "fastify";
import { type DestinationStream, type Logger, pino } from "pino";
import { clientGone } from "./errors.js";
import { recordOf } from "./requests.js";
import type { Settings } from "./settings.js";

/** Makes the log: one JSON object per line. */
export function serverLog({ logLevel }: Settings, destination: DestinationStream | undefined): Logger {
  const options = {
    level: logLevel,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const GONE = clientGone().code;

/** Logs a request that has been answered, or whose client has gone. */
export function logRequest(log: Logger, request: FastifyRequest, reply: FastifyReply, isGone: boolean): void {
  const { start, texts, model, times, status, inputs, code = isGone ? GONE : undefined } = recordOf(request);
  log[request.routeOptions?.config?.isProbe ? "debug" : "info"](
    {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions?.url ?? null,
      status: status ?? (isGone ? 499 : reply.statusCode),
      duration_ms: round(performance.now() - start),
      ...(texts > 0 && {
        model,
        texts,
        tokens: times.tokens,
        queue_ms: round(1000 * times.waitedSeconds),
        inference_ms: round(1000 * times.ranSeconds),
      }),
      ...(code !== undefined && { code }),
      ...(inputs !== undefined && { inputs }),
    },
    "request",
  );
}

const round = (milliseconds: number): number => Math.round(10 * milliseconds) / 10;
