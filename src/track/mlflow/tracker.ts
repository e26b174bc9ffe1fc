import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { NeriumWarning } from "../../errors.js";
import { versions } from "../../versions.js";
import { JsonClient } from "../client.js";
import { readRecord, writeRecord } from "../record.js";
import { Sender } from "../sender.js";
import type { Figures, Outcome, Start, Tracker } from "../tracker.js";
import { params } from "./params.js";
import {
  continueRun,
  createRun,
  endRun,
  experimentId,
  getRun,
  type KnownRun,
  logBatch,
  type Metric,
  OWN_TAG,
  type Pair,
  runTagged,
} from "./run.js";
import type { MlflowSettings } from "./settings.js";

const NAME = "mlflow";

const recordSchema = z.object({ address: z.string(), tag: z.string() });

/** Limits of MLflow on one request. */
const METRICS_AT_ONCE = 1000;
const PAIRS_AT_ONCE = 100;

/** Figures that wait for a server. More of them would fill the memory of a long run whose server is gone. */
const MOST_WAITING = 200_000;

/** What a tracker of MLflow needs from outside. */
export interface MlflowEdge {
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Sends the figures of a run to an MLflow server, under the names that Trainer's own callback uses. They wait in a
 * queue, so that a slow server does not slow down the run. While the server does not answer, the same is sent again
 * after a pause; what it stored the first time is left out, and so is what a run sent before it was resumed.
 */
export class MlflowTracker implements Tracker {
  readonly #sender: Sender;
  readonly #client: JsonClient;
  #start: Start | undefined;
  /** Waiting metrics, oldest first, with the last step of each key that ever waited. */
  #waiting: Metric[] = [];
  readonly #queued = new Map<string, number>();
  #lost = 0;

  /** The run on the server, once it is known. */
  #run: KnownRun | undefined;
  #steps = new Map<string, number>();
  #tag = "";
  #experiment: string | undefined;
  /** Whether what was sent last may have been stored, although no answer came. */
  #isUnsure = false;

  constructor(
    private readonly settings: MlflowSettings,
    private readonly edge: MlflowEdge,
  ) {
    const { address, authorization, proxies } = settings;
    this.#sender = new Sender({ name: "MLflow", code: "MLFLOW", address });
    const headers = authorization === undefined ? {} : { authorization };
    this.#client = new JsonClient(
      { address: `${address}/api/2.0/mlflow`, headers, proxies },
      this.#sender.signal,
    );
    this.#sender.sending = {
      next: () => this.#sendNext(),
      onUnsure: () => {
        this.#isUnsure = true;
      },
      unsent: () => this.#lost + this.#waiting.length,
      close: () => this.#client.close(),
    };
  }

  begin(start: Start): void {
    this.#start = start;
    this.#sender.begin();
  }

  take({ step, values }: Figures): void {
    if (this.#sender.isGone) return;
    const timestamp = Math.round(this.edge.now());
    for (const [name, value] of Object.entries(values)) {
      const key = name.replace(/[^\w\-. :/]/g, "_");
      if (step <= (this.#queued.get(key) ?? -1)) continue;
      this.#queued.set(key, step);
      if (this.#waiting.length >= MOST_WAITING) this.#lost++;
      else this.#waiting.push({ key, value: written(value), timestamp, step });
    }
    this.#sender.notify();
  }

  end(outcome: Outcome): Promise<void> {
    return this.#sender.end(outcome);
  }

  warnings(): NeriumWarning[] {
    return this.#sender.warnings();
  }

  /** Sends one request or waits for something to send. Returns true if all is done. */
  async #sendNext(): Promise<boolean> {
    const { ending } = this.#sender;
    if (this.#run === undefined) await this.#findRun();
    else if (this.#isUnsure) this.#know(await getRun(this.#client, this.#run.id));
    else if (this.#waiting.length > 0) await this.#sendWaiting(this.#run.id);
    else if (ending !== undefined) {
      await endRun(this.#client, this.#run.id, ending, Math.round(this.edge.now()));
      return true;
    } else await this.#sender.idle();
    return false;
  }

  async #sendWaiting(id: string): Promise<void> {
    const batch = this.#waiting.slice(0, METRICS_AT_ONCE);
    const metrics = batch.filter(({ key, step }) => step > (this.#steps.get(key) ?? -1));
    if (metrics.length > 0) await logBatch(this.#client, id, { metrics });
    for (const { key, step } of metrics) this.#steps.set(key, step);
    this.#waiting.splice(0, batch.length);
  }

  /** Takes over what the server has, so that it is not sent again. */
  #know(run: KnownRun): void {
    this.#run = run;
    this.#steps = new Map(run.steps);
    this.#isUnsure = false;
  }

  /** Finds or creates the run on the server, and sends its parameters. */
  async #findRun(): Promise<void> {
    const { recipe, resumedAt } = this.#start!;
    const { address, experiment, runId, tags } = this.settings;
    if (this.#tag === "") {
      const { data } = recordSchema.safeParse(
        resumedAt > 0 ? await readRecord(recipe.output, NAME) : undefined,
      );
      const before = data?.address === address ? data : undefined;
      this.#tag = before?.tag ?? randomUUID();
      this.#isUnsure = before !== undefined;
      if (before === undefined) await this.#record();
    }
    this.#experiment ??= await experimentId(this.#client, experiment);
    const existing =
      runId !== undefined
        ? await getRun(this.#client, runId)
        : this.#isUnsure
          ? await runTagged(this.#client, this.#experiment, this.#tag)
          : undefined;
    const own: Pair[] = Object.entries({
      "mlflow.source.name": "nerium train",
      "mlflow.source.type": "LOCAL",
      "nerium.version": versions().nerium,
      [OWN_TAG]: this.#tag,
      ...tags,
    }).map(([key, value]) => ({ key, value }));
    const run =
      existing ??
      (await createRun(this.#client, {
        experiment_id: this.#experiment,
        run_name: recipe.runName ?? recipe.output,
        start_time: Math.round(this.edge.now()),
        tags: own,
      }));
    if (existing !== undefined) await continueRun(this.#client, run.id);
    await this.#sendParams(run);
    this.#know(run);
  }

  async #sendParams(run: KnownRun): Promise<void> {
    const { params: all, tooLong } = params(this.#start!);
    // Parameters cannot be changed. A resumed run has sent them.
    const missing = all.filter(({ key }) => !run.params.has(key));
    for (let at = 0; at < missing.length; at += PAIRS_AT_ONCE)
      await logBatch(this.#client, run.id, { params: missing.slice(at, at + PAIRS_AT_ONCE) });
    if (tooLong.length > 0 && run.params.size === 0)
      this.#sender.warn("MLFLOW_VALUE_TOO_LONG", `MLflow cannot store ${tooLong.join(", ")}: too long.`);
  }

  async #record(): Promise<void> {
    const record = { address: this.settings.address, tag: this.#tag };
    // Without it a resumed run becomes a new one on the server, which is no reason to stop.
    await writeRecord(this.#start!.recipe.output, NAME, record).catch(() => {});
  }
}

const written = (value: number): Metric["value"] =>
  Number.isFinite(value) ? value : (String(value) as "NaN" | "Infinity" | "-Infinity");
