/** What the page asks the server that it comes from. */

/** A model as `GET /v1/models` describes it. What is not known while it is loaded is `null`. */
export interface Model {
  readonly name: string;
  readonly ready: boolean;
  readonly types: readonly string[] | null;
  readonly family: string | null;
  readonly maxTokens: number | null;
  readonly dtype: string | null;
  readonly memoryBytes: number | null;
}

/** The answer of `GET /v1/models`. */
export interface Models {
  readonly models: readonly Model[];
  readonly default: string;
  readonly limits: {
    /** The longest text of a request, in UTF-16 units. */
    readonly maxTextLength: number;
  };
}

/** An entity as `POST /v1/entities` returns it. Offsets are UTF-16 units. */
export interface Entity {
  readonly type: string;
  readonly score: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The label of a token, such as `B-PER`, with the strategy `none`. */
  readonly label?: string;
}

/** What the server found in a text. */
export interface Answer {
  readonly entities: readonly Entity[];
  /** Number of windows in which the model read the text. */
  readonly windows: number;
}

/** How to read texts. An empty strategy means whole words. */
export interface Reading {
  readonly model: string;
  readonly strategy: string;
}

/** What the server says is wrong (problem+json), or that it does not answer. */
export class Problem extends Error {
  constructor(
    /** What happened and what to do. */
    message: string,
    /** The HTTP status and the code of the error. Both are empty if there was no answer. */
    readonly status = 0,
    readonly code = "",
    readonly requestId = "",
    /** Milliseconds after which to try again, if the server is busy or not ready. */
    readonly retryAfter: number | undefined = undefined,
  ) {
    super(message);
  }
}

/** The code for a text that took too long. The same text would take as long again. */
export const DEADLINE = "SERVE_DEADLINE_EXCEEDED";

/** The problem in an answer of the server, or in a line of NDJSON. */
export function problemOf(body: unknown, status: number, headers?: Headers): Problem {
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  const seconds = Number(headers?.get("retry-after") ?? 1);
  const isBusy = (status === 429 && text("code") !== DEADLINE) || status === 503;
  return new Problem(
    text("detail") || text("title") || `The server answered with status ${status}.`,
    status,
    text("code"),
    text("request_id") || (headers?.get("x-request-id") ?? ""),
    isBusy ? 1000 * (Number.isFinite(seconds) ? seconds : 1) : undefined,
  );
}

/** Calls the API below the address of the page. */
export class Api {
  /** The bearer token. It is kept nowhere else. */
  token = "";
  /** The address that paths of the API are relative to. */
  readonly base = new URL(".", document.baseURI).href;

  async models(signal?: AbortSignal): Promise<Models> {
    const response = await this.ask("v1/models", { signal: signal ?? null });
    return (await response.json()) as Models;
  }

  /** Finds the entities of one text. */
  async entities(text: string, { model, strategy }: Reading, signal: AbortSignal): Promise<Answer> {
    const response = await this.ask("v1/entities", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, text, ...(strategy === "" ? {} : { aggregation_strategy: strategy }) }),
      signal,
    });
    return (await response.json()) as Answer;
  }

  /** Yields the answer for each text in order: its entities, or what is wrong with it. */
  async *entitiesOfEach(
    texts: readonly string[],
    { model, strategy }: Reading,
    signal: AbortSignal,
  ): AsyncGenerator<Answer | Problem, void, undefined> {
    const query = new URLSearchParams({
      model,
      ...(strategy === "" ? {} : { aggregation_strategy: strategy }),
    });
    const response = await this.ask(`v1/entities?${query}`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson", accept: "application/x-ndjson" },
      body: texts.map((text) => `${JSON.stringify(text)}\n`).join(""),
      signal,
    });
    for await (const line of lines(response)) {
      const answer = JSON.parse(line) as Answer & { readonly error?: { readonly status?: number } };
      yield answer.error === undefined ? answer : problemOf(answer.error, answer.error.status ?? 500);
    }
  }

  private async ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token !== "") headers.set("authorization", `Bearer ${this.token}`);
    let response: Response;
    try {
      response = await fetch(new URL(path, this.base), { ...init, headers, credentials: "omit" });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw new Problem("The server does not answer. Is it still running?");
    }
    if (response.ok) return response;
    const body: unknown = await response.json().catch(() => undefined);
    throw problemOf(body, response.status, response.headers);
  }
}

/** Yields the lines of a body that are not empty. */
async function* lines(response: Response): AsyncGenerator<string, void, undefined> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const parts = (rest + (value ?? "")).split("\n");
      rest = done ? "" : parts.pop()!;
      for (const part of parts) if (part.trim() !== "") yield part;
      if (done) return;
    }
  } finally {
    await reader.cancel();
  }
}
