import type { Analysis, LoadOptions, NerInput, NerOptions } from "../infer/index.js";
import { Admission, type Lane, type Ticket } from "./admission.js";
import { draining, loading, modelUnknown } from "./errors.js";
import { addReport, Metrics, type RequestKind, type RequestTimes } from "./metrics.js";
import { type ModelFacts, type ModelSource, type ServedModel, servedModel, unloaded } from "./models.js";
import type { Settings } from "./settings.js";

/** Milliseconds between two tries of a model after one of its batches failed. */
const TRY_AGAIN = 1000;

/** The first call of a model: a full batch, which takes up the memory before the first request. */
const FIRST_TEXTS: readonly string[] = Array.from(
  { length: 40 },
  (_, index) =>
    `Sentence ${index} names Angela Merkel, Paris and the Bank of Japan, and so is found whatever the model knows.`,
);

/** Texts of the second call, which measures the speed. */
const MEASURED = 12;

/** What texts are read with. */
export interface Reading {
  readonly model: ServedModel;
  readonly lane: Lane;
  readonly facts: ModelFacts;
}

/** A request for entities. */
export interface EntitiesCall {
  readonly reading: Reading;
  readonly inputs: readonly NerInput[];
  readonly options: NerOptions;
  readonly kind: RequestKind;
  readonly signal: AbortSignal;
  /** The place that was given to the call; without one, it gets one now or is refused. */
  readonly ticket?: Ticket;
  /** Is filled in. */
  readonly times: RequestTimes;
}

export interface ServingHooks extends Pick<LoadOptions, "onDownload" | "onWarning"> {
  /** Makes a served model; `servedModel` except in tests. */
  readonly open?: typeof servedModel;
}

/** The models of a server, and the state that all its requests share. */
export class Serving {
  readonly admission: Admission;
  readonly metrics: Metrics;
  /** Resolves when all models are loaded and have read a first text. */
  readonly ready: Promise<void>;
  readonly #readings = new Map<string, Reading>();
  /** Models whose last batch failed. */
  readonly #failing = new Set<ServedModel>();
  readonly #running = new Set<AbortController>();
  #state: "loading" | "ready" | "draining" = "loading";
  #checking: NodeJS.Timeout | undefined;

  constructor(
    readonly settings: Settings,
    private readonly sources: ReadonlyMap<string, ModelSource>,
    hooks: ServingHooks = {},
  ) {
    this.admission = new Admission(settings);
    this.metrics = new Metrics(() => [...this.#readings.values()].map(({ model }) => model));
    this.ready = this.#load(hooks);
    // Whoever waits for it sees the error.
    this.ready.catch(() => {});
  }

  async #load({ open = servedModel, ...hooks }: ServingHooks): Promise<void> {
    const { dtype, engine, device, threads, batchTokens } = this.settings;
    // One after another, so that each is told its own memory.
    for (const [name, source] of this.sources) {
      const before = process.memoryUsage.rss();
      const model = await open(name, source, { dtype, engine, device, threads, batchTokens, ...hooks });
      if (this.#state === "draining") return model.dispose();
      const lane = this.admission.lane();
      model.onBatch((report) => {
        lane.observe(report);
        this.metrics.observeBatch(report);
        if (report.error === undefined) this.#failing.delete(model);
        else this.#failed(model);
      });
      this.#readings.set(name, { model, lane, facts: model.facts });
      const run = (texts: readonly string[]) =>
        model.run(
          texts.map((text) => model.read(text)),
          model.resolve({}),
        );
      await run(FIRST_TEXTS);
      lane.forget();
      await run(FIRST_TEXTS.slice(0, MEASURED));
      if (typeof source !== "string") continue;
      const memoryBytes = Math.max(0, process.memoryUsage.rss() - before);
      this.#readings.set(name, { model, lane, facts: { ...model.facts, memoryBytes } });
    }
    if (this.#state === "loading") this.#state = "ready";
  }

  /** Tries a model until it works again, so that the server becomes ready without a request. */
  #failed(model: ServedModel): void {
    this.#failing.add(model);
    this.#checking ??= setInterval(() => {
      for (const each of this.#failing)
        each.run([each.read(FIRST_TEXTS[0]!)], each.resolve({})).catch(() => {});
      if (this.#failing.size === 0 || this.#state === "draining") this.#stopChecking();
    }, TRY_AGAIN).unref();
  }

  #stopChecking(): void {
    clearInterval(this.#checking);
    this.#checking = undefined;
  }

  get isDraining(): boolean {
    return this.#state === "draining";
  }

  /** Why the server is not ready for requests; `undefined` if it is. */
  get unready(): "loading" | "draining" | "failing" | undefined {
    if (this.#state !== "ready") return this.#state;
    return this.#failing.size > 0 ? "failing" : undefined;
  }

  /** The facts of all models, in the order in which they were given. The first is the default. */
  get models(): readonly ModelFacts[] {
    return [...this.sources.keys()].map((name) => this.#readings.get(name)?.facts ?? unloaded(name));
  }

  /**
   * Returns the model with this name, or the default one.
   *
   * @throws NeriumError SERVE_MODEL_UNKNOWN, SERVE_LOADING
   */
  reading(name = this.sources.keys().next().value as string): Reading {
    if (!this.sources.has(name)) throw modelUnknown([...this.sources.keys()]);
    const reading = this.#readings.get(name);
    if (reading === undefined || this.#state === "loading") throw loading();
    return reading;
  }

  /**
   * Refuses what is new. What has begun is finished.
   *
   * @throws NeriumError SERVE_DRAINING
   */
  requireRunning(): void {
    if (this.isDraining) throw draining();
  }

  /**
   * Finds the entities of some inputs.
   *
   * @throws NeriumError SERVE_OVERLOADED, INFER_OPTION_INVALID, TEXT_TOO_LONG; the signal's reason; errors of the engine
   */
  async entities(call: EntitiesCall): Promise<Analysis[]> {
    const { model, lane } = call.reading;
    this.metrics.begin(call.kind);
    const start = performance.now();
    const texts = call.inputs.map((input) => model.read(input));
    const wanted = {
      ...model.resolve(call.options),
      signal: call.signal,
      onReport: (report: Parameters<typeof addReport>[1]) => addReport(call.times, report),
    };
    const units = texts.reduce((sum, { text }) => sum + text.length, 0);
    const ticket = call.ticket ?? this.admission.enter(lane, units);
    try {
      const found = await model.run(texts, wanted);
      lane.learn(units, call.times.tokens);
      this.metrics.succeed(call.kind, (performance.now() - start) / 1000, call.times);
      return found;
    } finally {
      ticket.leave();
    }
  }

  /** Counts work that may be stopped when the server ends. Call the result when it is done. */
  track(work: AbortController): () => void {
    this.#running.add(work);
    return () => this.#running.delete(work);
  }

  /** From now on takes no new requests. */
  drain(): void {
    this.#state = "draining";
    this.#stopChecking();
  }

  /** Stops what is still running. */
  abort(): void {
    for (const work of this.#running) work.abort(draining());
  }

  /** Frees the models that the server loaded. */
  async dispose(): Promise<void> {
    this.drain();
    this.abort();
    await this.ready.catch(() => {});
    for (const { model } of this.#readings.values()) await model.dispose();
    this.#readings.clear();
  }
}
