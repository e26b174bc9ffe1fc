import { randomBytes } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { z } from "zod";
import { isOwnRequest } from "../dashboard/requests.js";
import { isNeriumError } from "../errors.js";
import type { Review } from "../improve/index.js";
import { tokenCheck } from "../serve/access.js";
import { readBody } from "../serve/body.js";
import { httpServer } from "../serve/http.js";
import { checked } from "../serve/inputs.js";
import { parsedJson } from "../serve/json.js";
import { builtPage, servePage } from "../serve/pageFiles.js";
import { resolvedSettings } from "../serve/settings.js";
import { requestForeign, reviewCannotListen } from "./errors.js";

/** Nobody else reaches a review. */
const HOST = "127.0.0.1";
const MOST_CONNECTIONS = 64;
const MOST_BYTES = 2 ** 20;
/** Milliseconds after which a client that reads nothing is dropped. */
const PATIENCE = 30_000;

export interface ReviewServerOptions {
  /** 0 chooses a free one. */
  readonly port: number;
  /** Folder of the built page. */
  readonly page?: string;
}

/** A review that listens. */
export interface ReviewServer {
  /** The address to open: its last part is a secret that other users and pages of this machine do not know. */
  readonly url: string;
  close(): Promise<void>;
}

const decision = z.strictObject({
  suspect: z.int().min(0),
  action: z.enum(["accept", "keep", "edit", "skip"]),
  entities: z
    .array(z.strictObject({ type: z.string().max(1000), start: z.int().min(0), end: z.int().min(0) }))
    .max(10_000)
    .optional(),
});

/**
 * Serves the page to go through suspects, to browsers on this machine.
 *
 * @throws NeriumError REVIEW_CANNOT_LISTEN
 */
export async function serveReview(
  review: Review,
  { port, page = builtPage("review-page") }: ReviewServerOptions,
): Promise<ReviewServer> {
  const token = randomBytes(24).toString("base64url");
  const app = appOf(page, token);
  const { train } = review.found;
  app.get("/api/review", async () => ({ file: train, types: review.types, items: review.items }));
  app.post("/api/decisions", async ({ body }) => {
    const { suspect, action, entities } = checked(
      decision,
      body,
      "Send what the page of nerium data review sends.",
    );
    return { item: await review.decide(suspect, { action, ...(entities && { entities }) }) };
  });
  app.post("/api/undo", async () => ({ item: (await review.undo()) ?? null }));
  try {
    const url = await app.listen({ host: HOST, port });
    return { url: `${url}/#${token}`, close: () => app.close() };
  } catch (error) {
    throw reviewCannotListen(`${HOST}:${port}`, error as NodeJS.ErrnoException);
  }
}

function appOf(page: string, token: string): FastifyInstance {
  const settings = resolvedSettings({ maxConnections: MOST_CONNECTIONS, maxBodyBytes: MOST_BYTES });
  const requireToken = tokenCheck([token]);
  const app = fastify({
    logger: false,
    serverFactory: (listener) => httpServer(settings, listener),
    return503OnClosing: false,
    forceCloseConnections: true,
  });
  app.addHook("onRequest", async (request, reply) => {
    // An answer that nobody reads.
    reply.raw.setTimeout(PATIENCE, () => reply.raw.destroy());
    requireOwn(request);
    // The route decides, not the URL, which can be written in many ways.
    if (request.routeOptions.config.isOpen) return;
    requireToken(request);
    void reply.header("cache-control", "no-store");
  });
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: "Not found" }));
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    if (!isNeriumError(error)) {
      const status = error.statusCode ?? 500;
      return reply
        .code(status)
        .send({ error: status < 500 ? error.message : "The request cannot be answered" });
    }
    const { code, message, where, remedy } = error;
    return reply.code(STATUSES[code] ?? 409).send({ code, error: message, where, remedy });
  });
  app.removeAllContentTypeParsers();
  // A page of another site cannot send JSON without asking first, and is not answered then.
  app.addContentTypeParser("application/json", async (_: FastifyRequest, payload: FastifyRequest["raw"]) =>
    parsedJson(await readBody(payload, settings)),
  );
  servePage(app, page);
  return app;
}

const STATUSES: Readonly<Record<string, number>> = {
  REVIEW_REQUEST_FOREIGN: 403,
  SERVE_UNAUTHORIZED: 401,
  SERVE_JSON_INVALID: 400,
  SERVE_HTTP_INVALID: 400,
  SERVE_CLIENT_SLOW: 408,
  SERVE_BODY_TOO_LARGE: 413,
  SERVE_REQUEST_INVALID: 422,
  IMPROVE_DECISION_INVALID: 422,
};

/** Refuses requests of pages from other sites, and those under another name of this machine. */
function requireOwn({ headers }: FastifyRequest): void {
  const { host, origin } = headers;
  const isForeign = origin !== undefined && origin !== `http://${host}`;
  if (isForeign || !isOwnRequest(headers)) throw requestForeign();
}
