import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type NerInput, readAhead } from "../../infer/index.js";
import { resultOf } from "../answers.js";
import { lineTooLong, textTooLong } from "../errors.js";
import { checked, type EntitiesOptions, line as lineSchema, nerOptions } from "../inputs.js";
import { parsedJson } from "../json.js";
import { linesOf } from "../ndjson.js";
import { problemOf } from "../problems.js";
import { logInternal } from "../replies.js";
import { recordOf, type Scope, scopeOf } from "../requests.js";
import type { Reading, Serving } from "../serving.js";

/** Answers to prepare while one is sent. */
const LINES_AHEAD = 64;

/** The body of a request in NDJSON, which is read while it is answered. */
export class LineSource {
  constructor(readonly stream: Readable) {}
}

/** A line of the answer. It never fails: an error is a line too. */
interface Answer {
  readonly text: Promise<string>;
}

/** Answers each line of a request, in order. A slow client slows down the reading of its lines. */
export function sendLines(
  serving: Serving,
  { stream }: LineSource,
  query: EntitiesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const reading = serving.reading(query.model);
  const options = nerOptions(query);
  // Refuses wrong options now, not with each line.
  reading.model.resolve(options);
  recordOf(request).model = reading.model.facts.name;
  const scope = scopeOf(reply, serving, {});
  const lines = new Lines({ serving, reading, options, scope, request });
  reply.raw.once("finish", () => {
    if (!request.raw.complete) request.raw.destroy();
  });
  return reply.type("application/x-ndjson").send(Readable.from(sent(lines, stream, reply)));
}

/** Yields the lines of the answer. Closes the connection if the client does not read them. */
async function* sent(
  lines: Lines,
  stream: Readable,
  reply: FastifyReply,
): AsyncGenerator<string, void, undefined> {
  const { serving, scope } = lines.context;
  const { idleTimeout } = serving.settings;
  const enough = (ahead: readonly Answer[]) => ahead.length >= LINES_AHEAD;
  let timer: NodeJS.Timeout | undefined;
  const close = () => reply.raw.destroy();
  try {
    for await (const group of readAhead(lines.answers(stream), { enough }))
      for (const { text } of group) {
        const line = `${await text}\n`;
        timer = setTimeout(close, 1000 * idleTimeout);
        yield line;
        clearTimeout(timer);
      }
  } catch (error) {
    yield `${lines.failure(lines.count + 1, error)}\n`;
  } finally {
    clearTimeout(timer);
    scope.end();
  }
}

interface Context {
  readonly serving: Serving;
  readonly reading: Reading;
  readonly options: ReturnType<typeof nerOptions>;
  readonly scope: Scope;
  readonly request: FastifyRequest;
}

class Lines {
  /** Lines read so far. */
  count = 0;

  constructor(readonly context: Context) {}

  /** Yields the answer of each line as soon as the line has been admitted. Empty lines are skipped. */
  async *answers(stream: Readable): AsyncGenerator<Answer, void, undefined> {
    const { serving, scope } = this.context;
    for await (const bytes of linesOf(stream, { ...serving.settings, signal: scope.signal })) {
      this.count++;
      if (bytes?.every((byte) => byte === 0x20 || byte === 0x09)) continue;
      yield await this.#begun(this.count, bytes);
    }
  }

  /** Waits until there is room for a line, and begins to read it. */
  async #begun(number: number, bytes: Buffer | undefined): Promise<Answer> {
    const { serving, reading, scope } = this.context;
    const part = scope.part(serving.settings.deadline);
    let id: string | number | undefined;
    try {
      serving.requireRunning();
      if (bytes === undefined) throw lineTooLong(serving.settings.maxLineBytes);
      const given = this.#parsed(bytes);
      id = given.id;
      const ticket = await serving.admission.wait(reading.lane, given.units, part.signal);
      const text = this.#answer(given.input, part.signal, ticket).then(
        (found) => JSON.stringify({ line: number, ...(id !== undefined && { id }), ...found }),
        (error) => this.failure(number, error, id),
      );
      return { text: text.finally(() => part.end()) };
    } catch (error) {
      part.end();
      return { text: Promise.resolve(this.failure(number, error, id)) };
    }
  }

  #parsed(bytes: Buffer): {
    readonly id?: string | number | undefined;
    readonly input: NerInput;
    readonly units: number;
  } {
    const { maxTextLength } = this.context.serving.settings;
    const given = checked(lineSchema, parsedJson(bytes));
    const { id, text, words } = typeof given === "string" ? { text: given } : given;
    const units = text?.length ?? words!.reduce((sum, word) => sum + word.length + 1, 0);
    if (units > maxTextLength) throw textTooLong("The line", units, maxTextLength);
    return { id, input: text ?? { words: words! }, units };
  }

  async #answer(input: NerInput, signal: AbortSignal, ticket: { leave(): void }) {
    const { serving, reading, options, request } = this.context;
    const record = recordOf(request);
    const times = { tokens: 0, waitedSeconds: 0, ranSeconds: 0 };
    record.texts++;
    if (serving.settings.logTexts) request.log.info({ request_id: request.id, inputs: [input] }, "line");
    try {
      const [found] = await serving.entities({
        reading,
        inputs: [input],
        options,
        kind: "line",
        signal,
        ticket,
        times,
      });
      return resultOf(found!);
    } finally {
      ticket.leave();
      record.times.tokens += times.tokens;
      record.times.waitedSeconds += times.waitedSeconds;
      record.times.ranSeconds += times.ranSeconds;
    }
  }

  /** Returns the line for an error. */
  failure(number: number, error: unknown, id?: string | number): string {
    const { serving, request } = this.context;
    const problem = problemOf(error, request.id);
    serving.metrics.fail(problem.code);
    recordOf(request).code ??= problem.code;
    if (problem.status === 500) logInternal(serving, error, request);
    return JSON.stringify({ line: number, ...(id !== undefined && { id }), error: problem });
  }
}
