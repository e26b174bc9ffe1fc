import type { FastifyReply, FastifyRequest } from "fastify";
import type { TextReader } from "../redact/document.js";
import { addReport } from "./metrics.js";
import { recordOf, scopeOf } from "./requests.js";
import type { Reading, Serving } from "./serving.js";

/** What a client's own lists and patterns may be, so that no request takes long. */
export const redactionLimits = { patterns: 10, terms: 1000, textLength: 200, mostSteps: 5_000_000 } as const;

/** A request whose texts are redacted or searched. */
export interface RedactionCall {
  readonly serving: Serving;
  /** The model; nothing for patterns alone. */
  readonly reading: Reading | undefined;
  readonly texts: readonly string[];
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Does the work of a request: its texts are admitted, counted and logged as one. Keys and options are never logged.
 *
 * @throws NeriumError SERVE_OVERLOADED, SERVE_DEADLINE_EXCEEDED, and what `work` throws
 */
export async function redactionOf<T>(
  { serving, reading, texts, request, reply }: RedactionCall,
  work: (reader: TextReader | undefined, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { metrics, admission, settings } = serving;
  const record = recordOf(request);
  Object.assign(record, {
    texts: texts.length,
    model: reading?.model.facts.name,
    ...(settings.logTexts && { inputs: texts }),
  });
  metrics.begin("redact");
  const start = performance.now();
  const units = texts.reduce((sum, text) => sum + text.length, 0);
  const ticket = reading && admission.enter(reading.lane, units);
  const scope = scopeOf(reply, serving, settings);
  try {
    const done = await work(reading && readerOf(reading, record.times), scope.signal);
    reading?.lane.learn(units, record.times.tokens);
    metrics.succeed("redact", (performance.now() - start) / 1000, record.times);
    return done;
  } finally {
    ticket?.leave();
    scope.end();
  }
}

/** Reads texts with a model of the server. */
function readerOf({ model }: Reading, times: ReturnType<typeof recordOf>["times"]): TextReader {
  return {
    labels: model.labels,
    analyze: (texts, { threshold, signal }) =>
      model.run(
        texts.map((text) => model.read(text)),
        { ...model.resolve({ threshold, signal }), onReport: (report) => addReport(times, report) },
      ),
  };
}
