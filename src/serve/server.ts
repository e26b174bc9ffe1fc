import type { Server, ServerResponse } from "node:http";
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from "fastify";
import type { DestinationStream } from "pino";
import type { z } from "zod";
import { crossOrigin, tokenCheck } from "./access.js";
import { readBody } from "./body.js";
import {
  cannotListen,
  headersTooLarge,
  httpInvalid,
  mediaTypeUnsupported,
  methodNotAllowed,
  notFound,
  optionsInvalid,
} from "./errors.js";
import { answerBadHttp, httpServer } from "./http.js";
import { checked } from "./inputs.js";
import { parsedJson } from "./json.js";
import { logRequest, serverLog } from "./log.js";
import { checkedModels, type ModelFacts } from "./models.js";
import { describe } from "./openapi.js";
import type { ServerOptions } from "./options.js";
import { sendProblem } from "./replies.js";
import { recordOf, requestId } from "./requests.js";
import { entityRoutes } from "./routes/entities.js";
import { huggingFaceRoutes } from "./routes/huggingFace.js";
import { LineSource } from "./routes/lines.js";
import { operationRoutes } from "./routes/operations.js";
import { pageRoutes } from "./routes/page.js";
import { presidioRoutes } from "./routes/presidio.js";
import { redactRoutes } from "./routes/redact.js";
import { Serving, type ServingHooks } from "./serving.js";
import { resolvedSettings, type Settings } from "./settings.js";

/** A server of models over HTTP. */
export interface NeriumServer {
  /** The Fastify instance, for a program that adds its own routes or sends requests without a network (`app.inject`). */
  readonly app: FastifyInstance;
  /** The address once it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string | undefined;
  /** The models, in the order in which they were given. */
  readonly models: readonly ModelFacts[];
  /** Resolves when all models are loaded; rejects if one cannot be loaded. Requests before are answered with 503. */
  readonly ready: Promise<void>;
  /**
   * Starts to listen, and returns the address.
   *
   * @throws NeriumError SERVE_CANNOT_LISTEN
   */
  listen(): Promise<string>;
  /**
   * Takes no new requests, finishes those in progress, but for at most `drainTimeout`, and frees the models that it loaded. Can be
   * called more than once.
   */
  close(): Promise<void>;
}

/**
 * Makes a server that finds entities. It loads its models at once, and accepts requests after `listen()`.
 *
 * @example
 * const server = createServer({ models: { ner: "my-model" }, port: 8080 });
 * console.log(await server.listen()); // http://127.0.0.1:8080
 * await server.ready;
 * process.once("SIGTERM", () => server.close());
 *
 * @throws NeriumError SERVE_OPTIONS_INVALID, SERVE_MODELS_INVALID, SERVE_MODEL_NAME_INVALID, SERVE_SETTING_INVALID
 */
export function createServer(options: ServerOptions): NeriumServer {
  if (typeof options !== "object" || options === null) throw optionsInvalid(options);
  const { models, log, onDownload, onWarning, ...settings } = options;
  return serverOf(models, resolvedSettings(settings), { log, onDownload, onWarning });
}

/** @param hooks can replace how models are opened, for tests */
export function serverOf(
  models: unknown,
  settings: Settings,
  { log, ...hooks }: ServingHooks & { readonly log?: DestinationStream | undefined } = {},
): NeriumServer {
  const serving = new Serving(settings, checkedModels(models), hooks);
  const app = appOf(serving, log);
  let url: string | undefined;
  let closed: Promise<void> | undefined;
  return {
    app,
    ready: serving.ready,
    get url() {
      return url;
    },
    get models() {
      return serving.models;
    },
    async listen() {
      const { host, port } = settings;
      try {
        url = await app.listen({
          host,
          port,
          backlog: 511,
          listenTextResolver: (address) => `listening on ${address}`,
        });
      } catch (error) {
        throw cannotListen(`${host}:${port}`, error as NodeJS.ErrnoException);
      }
      return url;
    },
    close: () => (closed ??= closeAll(app, serving)),
  };
}

/** Milliseconds that requests which are stopped have for their answers. */
const LAST_WORDS = 500;

async function closeAll(app: FastifyInstance, serving: Serving): Promise<void> {
  serving.drain();
  const closed = app.close();
  const { drainTimeout } = serving.settings;
  const last = Math.min(LAST_WORDS, 250 * drainTimeout);
  const stopping = setTimeout(() => serving.abort(), 1000 * drainTimeout - last);
  const ending = setTimeout(() => app.server.closeAllConnections(), 1000 * drainTimeout);
  try {
    await closed;
  } finally {
    clearTimeout(stopping);
    clearTimeout(ending);
    await serving.dispose();
  }
}

function appOf(serving: Serving, destination: DestinationStream | undefined): FastifyInstance {
  const { settings } = serving;
  const log = serverLog(settings, destination);
  const app: FastifyInstance = fastify({
    serverFactory: (listener): Server => httpServer(settings, listener),
    loggerInstance: log as FastifyBaseLogger,
    childLoggerFactory: (logger) => logger,
    logController: new fastify.LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    frameworkErrors: (error, request, reply) => void sendProblem(serving, error, request, reply),
    clientErrorHandler: (error, socket) => answerBadHttp(log, settings, error, socket),
    // Answers of its own, in the form of all others.
    return503OnClosing: false,
    forceCloseConnections: "idle",
  });
  const routes: { readonly url: string; readonly methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    routes.push({ url, methods: [method].flat() });
  });
  app.setErrorHandler((error, request, reply) => sendProblem(serving, error, request, reply));
  const allowCrossOrigin = crossOrigin(settings.corsOrigins);
  const requireToken = tokenCheck(settings.apiKeys);

  app.addHook("onRequest", (request, reply, done) => {
    void reply.header("x-request-id", request.id);
    recordOf(request);
    let isLogged = false;
    const end = (isGone: boolean) => {
      if (isLogged) return;
      isLogged = true;
      logRequest(log, request, reply, isGone);
    };
    // A connection that breaks ends the writing of an answer too.
    reply.raw.once("finish", () => end(reply.raw.destroyed)).once("close", () => end(true));
    if (allowCrossOrigin(request, reply)) return;
    try {
      admit(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });

  function admit(request: FastifyRequest): void {
    const { is404, raw, headers, routeOptions } = request;
    if (raw.rawHeaders.length / 2 > settings.maxHeadersCount)
      throw headersTooLarge(`more than ${settings.maxHeadersCount}`);
    if (headers.host === undefined && raw.httpVersion === "1.1") throw httpInvalid("it has no host header");
    if (is404) {
      const allowed = methodsFor(routes, raw.url ?? "");
      throw allowed.length > 0 ? methodNotAllowed(allowed) : notFound();
    }
    const { isOpen = false, isProbe = false } = routeOptions.config;
    if (!isOpen) requireToken(request);
    if (!isProbe) serving.requireRunning();
    const encoding = headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity")
      throw mediaTypeUnsupported("Compressed bodies are not supported");
  }

  app.addHook("onSend", (_request, reply, payload, done) => {
    if (serving.isDraining) void reply.header("connection", "close");
    limitReading(reply.raw, settings.bodyTimeout, typeof payload === "string" || Buffer.isBuffer(payload));
    done(null, payload);
  });

  app.setNotFoundHandler(() => {
    throw notFound();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    async ({ headers }: FastifyRequest, payload: FastifyRequest["raw"]) => {
      const charset = /charset="?([\w-]+)/i.exec(headers["content-type"] ?? "")?.[1];
      if (charset !== undefined && !/^utf-?8$/i.test(charset))
        throw mediaTypeUnsupported("The body must be in UTF-8");
      return parsedJson(await readBody(payload, settings));
    },
  );
  // A body in NDJSON is checked line by line.
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data: unknown) => {
    if (data instanceof LineSource) return { value: data };
    try {
      return { value: checked(schema, data) };
    } catch (error) {
      return { error: error as Error };
    }
  });
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));

  void app.register(async (all) => {
    await describe(all, settings);
    redactRoutes(all, serving);
    presidioRoutes(all, serving);
    huggingFaceRoutes(all, serving);
    operationRoutes(all, serving);
    pageRoutes(all);
    // Only these take NDJSON.
    void all.register(async (own) => entityRoutes(own, serving));
  });
  return app;
}

/** Closes the connection of a client that does not read its answer. Streams have their own timer. */
function limitReading(answer: ServerResponse, seconds: number, isWhole: boolean): void {
  if (!isWhole) return;
  const timer = setTimeout(() => answer.destroy(), 1000 * seconds);
  answer.once("close", () => clearTimeout(timer)).once("finish", () => clearTimeout(timer));
}

/** Returns the methods that an address is there for. */
function methodsFor(
  routes: readonly { readonly url: string; readonly methods: readonly string[] }[],
  url: string,
): string[] {
  const [path = ""] = url.split("?");
  const found = routes.filter((route) =>
    new RegExp(`^${route.url.replace(/[.]/g, "\\.").replace(/:\w+/g, "[^/]+").replace(/\*$/, ".*")}$`).test(
      path,
    ),
  );
  return [...new Set(found.flatMap(({ methods }) => methods))].sort();
}
