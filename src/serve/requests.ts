import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { clientGone, deadlineExceeded } from "./errors.js";
import type { RequestTimes } from "./metrics.js";
import type { Serving } from "./serving.js";

/** What the log tells of a request in addition to what is in it. */
export interface RequestRecord {
  readonly id: string;
  readonly start: number;
  texts: number;
  model: string | undefined;
  readonly times: RequestTimes;
  /** Code of the error that the client read. */
  code: string | undefined;
  /** What was sent, if texts are logged. */
  inputs: unknown;
  /** The status that the client read, if the connection answered instead of the route. */
  status: number | undefined;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no bearer token. */
    readonly isOpen?: boolean;
    /** Is answered while the server is shutting down, and is not logged. */
    readonly isProbe?: boolean;
    /** Takes texts, so its errors count in the metrics. */
    readonly takesTexts?: boolean;
    /** Errors have the field `error`, which the clients of Hugging Face and Presidio read. */
    readonly hasErrorField?: boolean;
  }
}

const records = new WeakMap<IncomingMessage, RequestRecord>();

/** Returns the record of a request. It begins with the first call. */
export function recordOf({ id, raw }: Pick<FastifyRequest, "id" | "raw">): RequestRecord {
  let record = records.get(raw);
  if (record === undefined) {
    const times = { tokens: 0, waitedSeconds: 0, ranSeconds: 0 };
    record = {
      id,
      start: performance.now(),
      texts: 0,
      model: undefined,
      times,
      code: undefined,
      inputs: undefined,
      status: undefined,
    };
    records.set(raw, record);
  }
  return record;
}

/** Returns the record of a request that has begun. */
export const begunRecord = (raw: IncomingMessage): RequestRecord | undefined => records.get(raw);

/** Returns the id of a request: that of the client, if it is a plain name, or a new one. */
export function requestId({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID();
}

/** The time that a piece of work may take. */
export interface Scope {
  /** Its reason is the error to answer with. */
  readonly signal: AbortSignal;
  /** Returns the scope of a part of the work. */
  part(deadline: number): Scope;
  /** Call it when the work is done. */
  end(): void;
}

/**
 * Ends some work when its deadline passes, when the connection of its request closes, or when the server ends.
 *
 * @param deadline seconds
 */
export function scopeOf(
  reply: FastifyReply,
  serving: Serving,
  { deadline }: { readonly deadline?: number },
): Scope {
  const controller = new AbortController();
  const stopTracking = serving.track(controller);
  const onClose = () => controller.abort(clientGone());
  reply.raw.once("close", onClose);
  if (reply.raw.destroyed) onClose();
  return partScope(controller, deadline, () => {
    reply.raw.off("close", onClose);
    stopTracking();
  });
}

function partScope(controller: AbortController, deadline: number | undefined, onEnd: () => void): Scope {
  const { signal } = controller;
  const parts = new Set<AbortController>();
  const timer =
    deadline === undefined
      ? undefined
      : setTimeout(() => controller.abort(deadlineExceeded(deadline)), 1000 * deadline);
  const onAbort = () => {
    for (const part of parts) part.abort(signal.reason);
  };
  signal.addEventListener("abort", onAbort);
  return {
    signal,
    part(seconds) {
      const part = new AbortController();
      parts.add(part);
      if (signal.aborted) part.abort(signal.reason);
      return partScope(part, seconds, () => parts.delete(part));
    },
    end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      onEnd();
    },
  };
}
