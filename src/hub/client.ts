import { setTimeout as wait } from "node:timers/promises";
import type { BodyInit, Dispatcher, HeadersInit, Response } from "undici";
import { isNeriumError } from "../errors.js";
import { isDeepText, parseJson } from "../files/index.js";
import { limits } from "../limits.js";
import { bodyText } from "./bodyText.js";
import {
  answerUnexpected,
  gated,
  insecureRedirect,
  type Named,
  notFound,
  rateLimited,
  redirectsWithoutEnd,
  revisionNotFound,
  tokenInvalid,
  tokenRefused,
  unreachable,
  uploadInterrupted,
} from "./errors.js";
import { type HubSettings, isSecure, proxyOf, requireSecure } from "./settings.js";

export type { Response } from "undici";

export interface HubRequest {
  readonly method?: string;
  readonly headers?: HeadersInit;
  /** A body that can be read only once (a stream) is sent only once. */
  readonly body?: BodyInit;
  readonly signal?: AbortSignal | undefined;
}

/** The repository and revision that a refusal is about. */
export interface About extends Named {
  readonly revision: string;
}

/** Maximum number of tries of one request, including the first; and the maximum if the connection fails. */
const TRIES = 5;
const TRIES_TO_CONNECT = 3;
/** Longest wait, in seconds, that the hub may ask for. */
const LONGEST_WAIT = 120;
const MOST_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends requests to the hub over HTTP. The token is sent only to the hub's own host, also after redirects.
 * Temporary failures are retried after a pause. Requests to other machines always use https.
 */
export class HubClient {
  private readonly origin: string;
  private readonly dispatchers = new Map<string, Promise<Dispatcher>>();

  constructor(
    readonly settings: HubSettings,
    private readonly edge: {
      readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
    } = {
      wait: async (milliseconds, signal) => wait(milliseconds, undefined, signal && { signal }),
    },
  ) {
    this.origin = new URL(settings.endpoint).origin;
  }

  /**
   * Sends a request, follows redirects and retries, and returns the answer. `chain` holds the answers that
   * redirected, in order; the first of them has the hub's own headers about a file. An answer with an error
   * status is returned, not thrown.
   *
   * @throws NeriumError HUB_UNREACHABLE, HUB_RATE_LIMITED, HUB_REDIRECTS, HUB_INSECURE, HUB_ANSWER for an
   *   invalid redirect address, HUB_TOKEN_INVALID, HUB_UPLOAD_INTERRUPTED
   */
  async request(address: string, request: HubRequest = {}): Promise<{ answer: Response; chain: Response[] }> {
    for (let attempt = 1; ; attempt++) {
      let pause = 500 * 2 ** (attempt - 1);
      let asked = address;
      try {
        const found = await this.followed(address, request, (url) => {
          asked = url.href;
        });
        const { status, headers } = found.answer;
        if (!PASSING.has(status)) return found;
        const seconds = secondsToWait(headers);
        if (seconds > LONGEST_WAIT) {
          await found.answer.body?.cancel();
          throw rateLimited(asked, seconds);
        }
        if (attempt === TRIES) return found;
        await found.answer.body?.cancel();
        if (isReadOnce(request.body)) throw uploadInterrupted(asked, `status ${status}`);
        pause = Math.max(pause, seconds * 1000);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (isNeriumError(error)) throw error;
        if (isReadOnce(request.body)) throw uploadInterrupted(asked, error);
        if (attempt === TRIES_TO_CONNECT) throw unreachable(asked, error);
      }
      await this.edge.wait(pause, request.signal);
    }
  }

  /** Calls `onAsked` before each request, also after redirects. */
  private async followed(
    address: string,
    request: HubRequest,
    onAsked: (url: URL) => void,
  ): Promise<{ answer: Response; chain: Response[] }> {
    const { fetch, Headers } = await import("undici");
    const chain: Response[] = [];
    const headers = new Headers(request.headers);
    let { method = "GET", body } = request;
    let url = new URL(address);
    requireSecure(url);
    for (;;) {
      onAsked(url);
      if (url.origin === this.origin && this.settings.token !== undefined && !headers.has("authorization"))
        headers.set("authorization", bearer(this.settings.token));
      const answer = await fetch(url, {
        method,
        headers,
        redirect: "manual",
        dispatcher: await this.dispatcher(proxyOf(url, this.settings.proxies)),
        ...(body === undefined ? {} : { body, duplex: "half" }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      const location = answer.headers.get("location");
      if (!REDIRECTS.has(answer.status) || location === null) return { answer, chain };
      await answer.body?.cancel();
      if (chain.length === MOST_REDIRECTS) throw redirectsWithoutEnd(address);
      chain.push(answer);
      const next = redirected(url, location);
      if (next.origin !== url.origin) headers.delete("authorization");
      if (answer.status === 303 || (method === "POST" && answer.status < 303)) {
        method = "GET";
        body = undefined;
      }
      if (isReadOnce(body)) throw uploadInterrupted(url.href, `it was redirected to ${next.href}`);
      url = next;
    }
  }

  /** Returns the JSON at an address. `about` makes the messages of refusals specific. */
  async json(address: string, about: About | undefined, request: HubRequest = {}): Promise<unknown> {
    const { answer } = await this.request(address, request);
    if (!answer.ok) throw await this.refusal(answer, about);
    try {
      return parseJson(await limitedText(answer));
    } catch (error) {
      throw isNeriumError(error) ? error : answerUnexpected(answer.url, "it is not JSON");
    }
  }

  /** Returns a `fetch` for Hugging Face's own library. Its failures are thrown as NeriumErrors. */
  fetchFor(about: About | undefined, signal?: AbortSignal): typeof globalThis.fetch {
    const fetch = async (input: string | URL, init: HubRequest = {}): Promise<Response> => {
      const { answer } = await this.request(String(input), { ...init, signal: init.signal ?? signal });
      if (!answer.ok && about !== undefined) throw await this.refusal(answer, about);
      if (answer.body === null) return answer;
      const { Headers, Response } = await import("undici");
      const headers = new Headers(answer.headers);
      // The text is decompressed already.
      for (const name of ["content-encoding", "content-length"]) headers.delete(name);
      const { status, statusText } = answer;
      const text = await limitedText(answer);
      // The library parses it.
      if (isDeepText(text)) throw answerUnexpected(answer.url, "it is nested too deeply");
      const whole = new Response(text === "" ? null : text, { status, statusText, headers });
      // Errors of the library name the address.
      return Object.defineProperty(whole, "url", { value: answer.url });
    };
    return fetch as unknown as typeof globalThis.fetch;
  }

  /**
   * Turns a refusal into an error. Only the hub's own host knows about repositories and tokens; other hosts
   * do not.
   */
  async refusal(answer: Response, about: About | undefined): Promise<Error> {
    const { status, headers, url } = answer;
    const isHub = new URL(url).origin === this.origin;
    const hasToken = this.settings.token !== undefined;
    const code = headers.get("x-error-code");
    const message = headers.get("x-error-message") ?? (await textOf(answer));
    if (about !== undefined) {
      const page = `${this.settings.endpoint}/${about.kind === "dataset" ? "datasets/" : ""}${about.asked}`;
      if (code === "GatedRepo" || (status === 403 && /gated|restricted|authorized list/i.test(message)))
        return gated(about, page, hasToken);
      if (code === "RevisionNotFound") return revisionNotFound(about, about.revision);
      if (
        code === "RepoNotFound" ||
        (isHub && (status === 404 || (status === 401 && !/token|credentials/i.test(message))))
      )
        return notFound(about, hasToken);
    }
    if (isHub && (status === 401 || (status === 403 && about !== undefined))) return tokenRefused(url);
    if (status === 429) return rateLimited(url, secondsToWait(headers));
    return answerUnexpected(url, `status ${status}${message === "" ? "" : `, ${message}`}`);
  }

  private dispatcher(proxy: string | undefined): Promise<Dispatcher> {
    const known = this.dispatchers.get(proxy ?? "");
    if (known !== undefined) return known;
    const made = import("undici").then(({ Agent, ProxyAgent }) => {
      const patience = { connectTimeout: 10_000, headersTimeout: 60_000, bodyTimeout: 60_000 };
      return proxy === undefined ? new Agent(patience) : new ProxyAgent({ uri: proxy, ...patience });
    });
    this.dispatchers.set(proxy ?? "", made);
    return made;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const all = [...this.dispatchers.values()];
    this.dispatchers.clear();
    for (const dispatcher of all) await (await dispatcher).destroy();
  }
}

/**
 * Returns the header that carries a token. Throws HUB_TOKEN_INVALID itself, because the error of fetch would
 * quote the token.
 */
function bearer(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) throw tokenInvalid();
  return `Bearer ${token}`;
}

/** Returns true for streams and generators: reading them a second time yields nothing, or an error. */
const isReadOnce = (body: HubRequest["body"]): boolean =>
  typeof body === "object" && body !== null && Symbol.asyncIterator in body;

/** Returns the target of a redirect. Throws HUB_INSECURE, HUB_ANSWER. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined || to.username !== "" || to.password !== "")
    throw answerUnexpected(from.href, `it redirects to "${location}", which is not a valid address`);
  if (!isSecure(to) || (from.protocol === "https:" && to.protocol !== "https:"))
    throw insecureRedirect(from, to);
  return to;
}

/**
 * Returns how long the hub asks to wait: `Retry-After` in seconds or as a date, or the `t` of its
 * `RateLimit`. 0 if it does not ask.
 */
function secondsToWait(headers: Response["headers"]): number {
  const after = headers.get("retry-after");
  if (after !== null && /^\d+$/.test(after.trim())) return Number(after);
  const date = after === null ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) return Math.max(0, (date - Date.now()) / 1000);
  return Number(/\br=0\b.*\bt=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1] ?? 0);
}

/** Returns the text of an answer. Throws HUB_ANSWER if it is too long or takes too long. */
const limitedText = (answer: Response): Promise<string> =>
  bodyText(answer, limits.answerBytes, () => {
    throw answerUnexpected(answer.url, "it is too long, or takes too long");
  });

async function textOf(answer: Response): Promise<string> {
  const text = (await bodyText(answer, limits.refusalBytes).catch(() => "")).slice(0, 2000);
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === "string" ? error : text;
  } catch {
    return /^\s*</.test(text) ? "" : text;
  }
}
