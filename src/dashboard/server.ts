import type { ServerResponse } from "node:http";
import fastify, { type FastifyInstance } from "fastify";
import { httpServer } from "../serve/http.js";
import { builtPage, PAGE_HEADERS, servePage } from "../serve/pageFiles.js";
import { resolvedSettings } from "../serve/settings.js";
import { Dashboard, newReader } from "./dashboard.js";
import { dashboardCannotListen } from "./errors.js";
import { isOwnRequest } from "./requests.js";

/** Nobody else reaches a dashboard. */
const HOST = "127.0.0.1";

/** Browsers at once, and connections: each browser may have some for the files of the page. */
const MOST_READERS = 16;
const MOST_CONNECTIONS = 64;

/** Milliseconds between two signs of life, and those after which a browser that reads nothing is dropped. */
const BEAT = 15_000;
const PATIENCE = 30_000;
/** Milliseconds that browsers have for the last notes when the dashboard ends. */
const LAST_WORDS = 300;

export interface DashboardOptions {
  /** 0 chooses a free one. */
  readonly port: number;
  /** Folder of the built page. */
  readonly page?: string;
  /** Milliseconds after which a browser that reads nothing is dropped. */
  readonly patience?: number;
}

/** A dashboard that listens. */
export interface DashboardServer {
  readonly url: string;
  /** Sends the last notes, and ends all connections. Never throws. */
  close(): Promise<void>;
}

/**
 * Serves curves of the runs in some folders to browsers on this machine, as long as these runs go on and afterwards.
 *
 * @throws NeriumError DASHBOARD_CANNOT_LISTEN
 */
export async function serveDashboard(
  folders: readonly string[],
  { port, page = builtPage("dashboard-page"), patience = PATIENCE }: DashboardOptions,
): Promise<DashboardServer> {
  const dashboard = new Dashboard(folders);
  const readers = new Set<EventStream>();
  const app = appOf(page);
  app.get("/events", (_, reply) => {
    if (readers.size >= MOST_READERS) return reply.code(503).send({ error: "Too many browsers" });
    reply.hijack();
    const stream = new EventStream(reply.raw, dashboard, patience);
    readers.add(stream);
    reply.raw.once("close", () => readers.delete(stream));
  });
  let url: string;
  try {
    url = await app.listen({ host: HOST, port });
  } catch (error) {
    throw dashboardCannotListen(`${HOST}:${port}`, error as NodeJS.ErrnoException);
  }
  return {
    url,
    async close() {
      const ended = Promise.all([...readers].map((reader) => reader.end()));
      const closed = app.close();
      const ending = setTimeout(() => app.server.closeAllConnections(), LAST_WORDS);
      await ended;
      await closed;
      clearTimeout(ending);
    },
  };
}

function appOf(page: string): FastifyInstance {
  const settings = resolvedSettings({ maxConnections: MOST_CONNECTIONS });
  const app = fastify({
    logger: false,
    serverFactory: (listener) => httpServer(settings, listener),
    return503OnClosing: false,
    forceCloseConnections: "idle",
  });
  app.addHook("onRequest", (request, reply, done) => {
    if (!isOwnRequest(request.headers))
      return void reply.code(403).send({ error: "The dashboard answers only programs on its own machine" });
    // An answer that nobody reads.
    reply.raw.setTimeout(PATIENCE, () => reply.raw.destroy());
    done();
  });
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: "Not found" }));
  app.setErrorHandler(({ statusCode = 500 }: { statusCode?: number }, _, reply) =>
    reply.code(statusCode < 500 ? statusCode : 500).send({ error: "The request cannot be answered" }),
  );
  app.removeAllContentTypeParsers();
  servePage(app, page);
  return app;
}

/**
 * Sends a browser what a dashboard has, as server-sent events. What the browser has not read yet is not written again
 * and again: it gets the next message when it has read the last one.
 */
class EventStream {
  readonly #reader = newReader();
  readonly #stop: () => void;
  readonly #beat: NodeJS.Timeout;

  constructor(
    private readonly raw: ServerResponse,
    private readonly dashboard: Dashboard,
    patience: number,
  ) {
    // Bytes that go out put it off.
    raw.setTimeout(patience, () => {
      if (raw.writableNeedDrain) raw.destroy();
    });
    raw.writeHead(200, {
      ...PAGE_HEADERS,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
    });
    // So that the browser knows at once that it is connected.
    raw.flushHeaders();
    this.#beat = setInterval(() => this.#write(":\n\n"), BEAT).unref();
    raw.on("drain", () => this.#send());
    raw.once("close", () => this.#release());
    raw.on("error", () => {});
    this.#stop = dashboard.watch(() => this.#send());
  }

  /** Sends the rest, as far as the browser takes it now. */
  async end(): Promise<void> {
    await this.dashboard.look();
    this.#release();
    this.raw.end();
  }

  #release(): void {
    clearInterval(this.#beat);
    this.#stop();
  }

  #send(): void {
    while (!this.raw.destroyed && !this.raw.writableEnded && !this.raw.writableNeedDrain) {
      const message = this.dashboard.next(this.#reader);
      if (message === undefined) return;
      this.#write(`data: ${JSON.stringify(message)}\n\n`);
    }
  }

  #write(text: string): void {
    if (!(this.raw.destroyed || this.raw.writableEnded || this.raw.writableNeedDrain)) this.raw.write(text);
  }
}
