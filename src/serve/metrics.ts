import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BatchReport, CallReport } from "../infer/index.js";
import type { ServedModel } from "./models.js";

/** Sums of what the groups of a request reported. */
export interface RequestTimes {
  tokens: number;
  waitedSeconds: number;
  ranSeconds: number;
}

/** A request with one text, with several, a line of NDJSON, or a request for redacted texts. */
export type RequestKind = "single" | "batch" | "line" | "redact";

const powers = (base: number, first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first * base ** index);

/** The metrics of the server, with the names of Hugging Face's text-embeddings-inference, so that its dashboards fit. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #counts = this.#counter("te_request_count", "Requests with texts, and lines of NDJSON", [
    "method",
  ]);
  readonly #successes = this.#counter("te_request_success", "Requests that were answered with entities", [
    "method",
  ]);
  readonly #failures = this.#counter("te_request_failure", "Requests that were answered with an error", [
    "err",
  ]);
  readonly #duration = this.#seconds("te_request_duration", "Time of a request");
  readonly #tokenization = this.#seconds(
    "te_request_tokenization_duration",
    "Time of a request outside of the queue and the model",
  );
  readonly #queued = this.#seconds("te_request_queue_duration", "Time of a request before its first batch");
  readonly #inference = this.#seconds("te_request_inference_duration", "Time of the batches of a request");
  readonly #inputLength = this.#sizes("te_request_input_length", "Tokens of a request", 20);
  readonly #batchSize = this.#sizes("te_batch_next_size", "Sequences of a batch", 13);
  readonly #batchTokens = this.#sizes("te_batch_next_tokens", "Tokens of a batch, without padding", 17);
  readonly #batchFailures = this.#counter("te_batch_failure", "Batches that failed", []);

  /** @param models returns the loaded models */
  constructor(models: () => readonly ServedModel[]) {
    const waiting = (of: "sequences" | "tokens") =>
      models().reduce((total, model) => total + model.waiting[of], 0);
    this.#gauge("te_queue_size", "Sequences that wait for a batch", () => waiting("sequences"));
    this.#gauge("te_queue_tokens", "Tokens that wait for a batch", () => waiting("tokens"));
    this.#gauge("process_resident_memory_bytes", "Resident memory of the process", () =>
      process.memoryUsage.rss(),
    );
    this.#gauge("nodejs_heap_size_used_bytes", "Used JavaScript heap", () => process.memoryUsage().heapUsed);
    this.#gauge(
      "nodejs_active_resources_total",
      "Connections, timers and handles that are open",
      () => process.getActiveResourcesInfo().length,
    );
    new Counter({
      name: "process_cpu_seconds_total",
      help: "Processor time of the process",
      registers: [this.#registry],
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / 1e6);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Returns all metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  begin(kind: RequestKind): void {
    this.#counts.inc({ method: kind });
  }

  succeed(kind: RequestKind, seconds: number, { tokens, waitedSeconds, ranSeconds }: RequestTimes): void {
    this.#successes.inc({ method: kind });
    this.#duration.observe(seconds);
    this.#queued.observe(waitedSeconds);
    this.#inference.observe(ranSeconds);
    this.#tokenization.observe(Math.max(0, seconds - waitedSeconds - ranSeconds));
    this.#inputLength.observe(tokens);
  }

  /** @param code of the error that the client read */
  fail(code: string): void {
    this.#failures.inc({ err: code.replace(/^SERVE_/, "").toLowerCase() });
  }

  observeBatch({ sequences, tokens, error }: BatchReport): void {
    this.#batchSize.observe(sequences);
    this.#batchTokens.observe(tokens);
    if (error !== undefined) this.#batchFailures.inc();
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value());
      },
    });
  }

  #seconds(name: string, help: string): Histogram {
    return new Histogram({ name, help, buckets: powers(2, 0.001, 15), registers: [this.#registry] });
  }

  #sizes(name: string, help: string, count: number): Histogram {
    return new Histogram({ name, help, buckets: powers(2, 1, count), registers: [this.#registry] });
  }
}

/** Adds what a group of sequences reported. */
export function addReport(times: RequestTimes, { tokens, waitedSeconds, ranSeconds }: CallReport): void {
  times.tokens += tokens;
  times.waitedSeconds += waitedSeconds;
  times.ranSeconds += ranSeconds;
}
