import type { Dispatcher, Response } from "undici";
import { parseJson } from "../../files/index.js";
import { bodyText } from "../../hub/bodyText.js";
import { proxyOf } from "../../hub/settings.js";
import { limits } from "../../limits.js";
import type { MlflowSettings } from "./settings.js";

/** Milliseconds that the server may take to answer a request. */
const PATIENCE = 30_000;

/** The server refuses a request. Sending it again would not help. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    message: string,
    /** MLflow's own code, such as `RESOURCE_DOES_NOT_EXIST`. */
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** Answers that say that the server cannot handle the request now. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Sends requests to MLflow's REST interface. */
export class MlflowClient {
  #dispatcher: Dispatcher | undefined;

  constructor(
    private readonly settings: Pick<MlflowSettings, "address" | "authorization" | "proxies">,
    /** Ends all requests when aborted. */
    private readonly signal: AbortSignal,
  ) {}

  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#ask("GET", `${path}?${new URLSearchParams(query)}`);
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
    const { address, authorization } = this.settings;
    const url = new URL(`${address}/api/2.0/mlflow/${path}`);
    const answer = await fetch(url, {
      method,
      redirect: "error",
      dispatcher: await this.#connection(url),
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
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

function refused(answer: Response, text: string): Refused {
  let code: string | undefined;
  try {
    code = (JSON.parse(text) as { error_code?: string }).error_code;
  } catch {
    // A proxy may answer with a page.
  }
  return new Refused(refusalText(answer, text), code);
}

function refusalText({ status, statusText }: Response, text: string): string {
  try {
    const { message, error_code: code } = JSON.parse(text) as { message?: string; error_code?: string };
    if (message ?? code) return `${code ?? status}: ${String(message).slice(0, 300)}`;
  } catch {
    // See above.
  }
  return `status ${status} ${statusText}`.trim();
}
