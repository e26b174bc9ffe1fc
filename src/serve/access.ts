import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { keepSecret } from "../shown.js";
import { unauthorized } from "./errors.js";

/** Returns a function that refuses requests without one of the tokens. Without tokens, it refuses none. */
export function tokenCheck(keys: readonly string[]): (request: FastifyRequest) => void {
  for (const key of keys) keepSecret(key);
  const accepted = keys.map(digest);
  return ({ headers: { authorization } }) => {
    if (accepted.length === 0) return;
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    const given = digest(token ?? "");
    // Compares with all of them, so that the time does not tell which one was near.
    const isAccepted = accepted.reduce((found, each) => timingSafeEqual(each, given) || found, false);
    if (token === undefined || !isAccepted) throw unauthorized();
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Seconds for which a browser may remember what it may send. */
const REMEMBERED = "600";

/**
 * Lets web pages of some origins use the server. Returns a function that answers a browser's question in advance, and returns
 * true if it did.
 */
export function crossOrigin(
  origins: readonly string[],
): (request: FastifyRequest, reply: FastifyReply) => boolean {
  return ({ method, headers }, reply) => {
    if (origins.length === 0) return false;
    void reply.header("vary", "origin");
    const { origin } = headers;
    const isAsked = method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
    if (origin === undefined || !(origins.includes(origin) || origins.includes("*"))) return false;
    void reply
      .header("access-control-allow-origin", origin)
      .header("access-control-expose-headers", "x-request-id, retry-after");
    if (!isAsked) return false;
    void reply
      .code(204)
      .header("access-control-allow-methods", "GET, POST")
      .header("access-control-allow-headers", "authorization, content-type, x-request-id")
      .header("access-control-max-age", REMEMBERED)
      .send();
    return true;
  };
}
