/** What the page asks the server that it comes from. */

/** A model as `GET /v1/models` describes it. */
export interface Model {
  readonly name: string;
  readonly ready: boolean;
  readonly types: readonly string[];
  readonly family: string;
  readonly maxTokens: number;
  readonly dtype: string;
  readonly memoryBytes: number;
}

/** The answer of `GET /v1/models`. */
export interface Models {
  readonly models: readonly Model[];
  readonly default: string;
  /** The longest text that is read as a whole, in UTF-16 units. */
  readonly maxTextLength: number;
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
    readonly title: string,
    readonly detail: string,
    /** The HTTP status, or 0 if there was no answer. */
    readonly status: number,
    readonly code = "",
    readonly requestId = "",
    /** Milliseconds after which to try again, if that can help. */
    readonly retryAfter: number | undefined = undefined,
  ) {
    super(detail === "" ? title : `${title}: ${detail}`);
  }
}

/** The problem in an answer of the server, or in a line of NDJSON. */
export function problemOf(body: unknown, status: number, headers?: Headers): Problem {
  const { title, detail, code, request_id } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  const wait = Number.isFinite(seconds) ? Math.max(200, seconds * 1000) : 1000;
  return new Problem(
    text(title) || `The server answered with status ${status}.`,
    text(detail),
    status,
    text(code),
    text(request_id) || (headers?.get("x-request-id") ?? ""),
    status === 429 || status === 503 ? wait : undefined,
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
    const answer = (await response.json()) as Omit<Models, "maxTextLength"> & {
      readonly limits?: { readonly maxTextLength?: number };
    };
    return { ...answer, maxTextLength: answer.limits?.maxTextLength ?? 100_000 };
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
      throw new Problem("The server does not answer.", "Is it still running?", 0);
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
