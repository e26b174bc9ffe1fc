import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { NeriumWarning } from "../../errors.js";
import { snakeCase } from "../../recipe/spelling.js";
import { JsonClient, Refused } from "../client.js";
import { readRecord, writeRecord } from "../record.js";
import { Sender } from "../sender.js";
import { trainerTag } from "../tags.js";
import type { Figures, Outcome, Start, Tracker } from "../tracker.js";
import type { TrackioSettings } from "./settings.js";

const NAME = "trackio";

const recordSchema = z.object({ address: z.string(), project: z.string(), run: z.string() });
const versionSchema = z.object({ api_version: z.number() });

/** The version of Trackio's interface that this speaks. */
const VERSION = 1;

/** Entries of one request. */
const AT_ONCE = 500;

/** Entries that wait for a server. More of them would fill the memory of a long run whose server is gone. */
const MOST_WAITING = 50_000;

/** Figures of one step as Trackio takes them. JSON has no NaN and no infinity, so these are texts. */
interface Entry {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number | string>>;
  /** The server stores an entry once, however often it is sent. */
  readonly log_id: string;
}

/**
 * Sends the figures of a run to a Trackio server, with the names that Trainer's own callback uses. Each entry has an id
 * made of the run and the step, and the server leaves out what it has, so that neither a second try nor a resumed run
 * stores anything twice.
 */
export class TrackioTracker implements Tracker {
  readonly #sender: Sender;
  readonly #client: JsonClient;
  #start: Start | undefined;
  #waiting: Entry[] = [];
  #lost = 0;
  #run = "";
  #isConfigured = false;

  constructor(private readonly settings: TrackioSettings) {
    const { address, token, proxies } = settings;
    this.#sender = new Sender({ name: "Trackio", code: "TRACKIO", address });
    const headers = token === undefined ? {} : { "x-trackio-write-token": token };
    this.#client = new JsonClient({ address, headers, proxies }, this.#sender.signal);
    this.#sender.sending = {
      next: () => this.#next(),
      onUnsure: () => {},
      unsent: () => this.#lost + this.#waiting.reduce((sum, { metrics }) => sum + figuresOf(metrics), 0),
      close: () => this.#client.close(),
    };
  }

  begin(start: Start): void {
    this.#start = start;
    this.#sender.begin();
  }

  take({ step, values }: Figures): void {
    if (this.#sender.isGone) return;
    const names = Object.keys(values);
    const metrics = {
      ...Object.fromEntries(
        Object.entries(values).map(([name, value]) => [trainerTag(name), written(value)]),
      ),
      [GLOBAL_STEP]: step,
    };
    if (this.#waiting.length >= MOST_WAITING) this.#lost += figuresOf(metrics);
    // Trainer logs losses, evaluations and totals apart, also at one step.
    else this.#waiting.push({ step, metrics, log_id: `${step}-${names[0]}` });
    this.#sender.notify();
  }

  end(outcome: Outcome): Promise<void> {
    return this.#sender.end(outcome);
  }

  warnings(): NeriumWarning[] {
    return this.#sender.warnings();
  }

  async #next(): Promise<boolean> {
    if (this.#run === "") await this.#findRun();
    else if (this.#waiting.length > 0) await this.#sendWaiting();
    else if (this.#sender.ending !== undefined) return true;
    else await this.#sender.idle();
    return false;
  }

  async #findRun(): Promise<void> {
    const { data } = versionSchema.safeParse(await this.#client.get("version"));
    if (data === undefined) throw new SyntaxError("no version");
    if (data.api_version !== VERSION)
      throw new Refused(`it speaks version ${data.api_version} of its interface, not ${VERSION}`, undefined);
    const { output } = this.#start!.recipe;
    const { address, project } = this.settings;
    const before =
      this.#start!.resumedAt > 0 ? recordSchema.safeParse(await readRecord(output, NAME)).data : undefined;
    const isSame = before?.address === address && before.project === project;
    const run = isSame ? before.run : randomUUID().replaceAll("-", "");
    // Without a record a resumed run becomes a new one on the server, which is no reason to stop.
    if (!isSame) await writeRecord(output, NAME, { address, project, run }).catch(() => {});
    this.#run = run;
  }

  async #sendWaiting(): Promise<void> {
    const { recipe } = this.#start!;
    const entries = this.#waiting.slice(0, AT_ONCE);
    const logs = entries.map(({ log_id, ...entry }, index) => ({
      project: this.settings.project,
      run: recipe.runName ?? recipe.output,
      run_id: this.#run,
      ...entry,
      log_id: `${this.#run}-${log_id}`,
      // The settings of the run go with its first figures.
      ...(index === 0 && !this.#isConfigured && { config: configOf(this.#start!) }),
    }));
    await this.#client.post("api/bulk_log", { kwargs: { logs, hf_token: null } });
    this.#isConfigured = true;
    this.#waiting.splice(0, entries.length);
  }
}

/** What Trainer adds to every entry. */
const GLOBAL_STEP = "train/global_step";

const figuresOf = (metrics: Entry["metrics"]): number => Object.keys(metrics).length - 1;

function configOf({ recipe, labels, parameters, totalSteps, threads }: Start): Record<string, unknown> {
  const { card: _, ...fields } = recipe;
  const named = Object.entries(fields).map(([name, value]) => [snakeCase(name), value ?? null]);
  const facts = { labels, total_steps: totalSteps, threads, "model/num_parameters": parameters };
  return { ...Object.fromEntries(named), ...facts };
}

const written = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
