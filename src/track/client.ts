import type { Dispatcher, Response } from "undici";
import { parseJson } from "../files/index.js";
import { bodyText } from "../hub/bodyText.js";
import { type Proxies, proxyOf } from "../hub/settings.js";
import { limits } from "../limits.js";

/** Milliseconds that the server may take to answer a request. */
const PATIENCE = 30_000;

/** The server refuses a request. Sending it again would not help. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    message: string,
    /** The server's own code, such as MLflow's `RESOURCE_DOES_NOT_EXIST`. */
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** Answers that say that the server cannot handle the request now. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Where requests go, and what they have. */
export interface ClientSettings {
  /** The address below which all requests go, without a slash at the end. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly proxies: Proxies;
}

/** Sends requests with JSON to a server. */
export class JsonClient {
  #dispatcher: Dispatcher | undefined;

  constructor(
    private readonly settings: ClientSettings,
    /** Ends all requests when aborted. */
    private readonly signal: AbortSignal,
  ) {}

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const search = String(new URLSearchParams(query));
    return this.#ask("GET", search === "" ? path : `${path}?${search}`);
  }

  post(path: string, body: object): Promise<unknown> {
    return this.#ask("POST", path, JSON.stringify(body));
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
  }

  /** @throws Refused; any other error means that the server may answer later */
  async #ask(method: "GET" | "POST", path: string, body?: string): Promise<unknown> {
    const { fetch } = await import("undici");
    const { address, headers } = this.settings;
    const url = new URL(`${address}/${path}`);
    const answer = await fetch(url, {
      method,
      redirect: "error",
      dispatcher: await this.#connection(url),
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body }),
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(PATIENCE)]),
    });
    const text = await bodyText(answer, limits.refusalBytes * 16);
    if (answer.ok) return parseJson(text);
    throw isPassing(answer.status) ? new Error(refusalText(answer, text)) : refused(answer, text);
  }

  async #connection(url: URL): Promise<Dispatcher> {
    if (this.#dispatcher === undefined) {
      const { Agent, ProxyAgent } = await import("undici");
      const proxy = proxyOf(url, this.settings.proxies);
      this.#dispatcher = proxy === undefined ? new Agent() : new ProxyAgent(proxy);
    }
    return this.#dispatcher;
  }
}

/** What MLflow and Trackio say when they refuse a request. */
interface Refusal {
  readonly message?: string;
  readonly error?: string;
  readonly error_code?: string;
}

function refusalIn(text: string): Refusal {
  try {
    const refusal = JSON.parse(text) as Refusal | null;
    return refusal ?? {};
  } catch {
    // A proxy may answer with a page.
    return {};
  }
}

const refused = (answer: Response, text: string): Refused =>
  new Refused(refusalText(answer, text), refusalIn(text).error_code);

function refusalText({ status, statusText }: Response, text: string): string {
  const { message, error, error_code: code } = refusalIn(text);
  const said = message ?? error;
  if (said ?? code) return `${code ?? status}: ${String(said).slice(0, 300)}`;
  return `status ${status} ${statusText}`.trim();
}
