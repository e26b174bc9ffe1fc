import { z } from "zod";
import { type JsonClient, Refused } from "../client.js";
import type { Outcome } from "../tracker.js";

/** A figure as MLflow stores it. JSON has no NaN and no infinity, so these are texts. */
export interface Metric {
  readonly key: string;
  readonly value: number | "NaN" | "Infinity" | "-Infinity";
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** What a run on the server has. */
export interface KnownRun {
  readonly id: string;
  /** The last step of each metric. */
  readonly steps: ReadonlyMap<string, number>;
  readonly params: ReadonlySet<string>;
}

const experimentSchema = z.object({ experiment: z.object({ experiment_id: z.string() }) });
const createdExperimentSchema = z.object({ experiment_id: z.string() });

const runSchema = z.object({
  info: z.object({ run_id: z.string() }),
  data: z
    .object({
      metrics: z.array(z.object({ key: z.string(), step: z.coerce.number().default(0) })).default([]),
      params: z.array(z.object({ key: z.string() })).default([]),
    })
    .default({ metrics: [], params: [] }),
});
const oneRunSchema = z.object({ run: runSchema });
const foundRunsSchema = z.object({ runs: z.array(runSchema).default([]) });

const known = ({ info, data }: z.output<typeof runSchema>): KnownRun => ({
  id: info.run_id,
  steps: new Map(data.metrics.map(({ key, step }) => [key, step])),
  params: new Set(data.params.map(({ key }) => key)),
});

/** The experiment that MLflow has from the start, `Default`. */
const DEFAULT_EXPERIMENT = "0";

/** Returns the id of an experiment, which is created if there is none of this name. */
export async function experimentId(client: JsonClient, name: string | undefined): Promise<string> {
  if (name === undefined) return DEFAULT_EXPERIMENT;
  const found = async () => {
    const query = { experiment_name: name };
    return experimentSchema.parse(await client.get("experiments/get-by-name", query)).experiment
      .experiment_id;
  };
  try {
    return await found();
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== "RESOURCE_DOES_NOT_EXIST") throw error;
  }
  try {
    return createdExperimentSchema.parse(await client.post("experiments/create", { name })).experiment_id;
  } catch (error) {
    // Another run has created it in the meantime.
    if (!(error instanceof Refused) || error.code !== "RESOURCE_ALREADY_EXISTS") throw error;
    return found();
  }
}

/** The tag by which a run is found whose creation was not answered. */
export const OWN_TAG = "nerium.run";

/** Returns the run with an own tag, or `undefined`. */
export async function runTagged(
  client: JsonClient,
  experiment: string,
  tag: string,
): Promise<KnownRun | undefined> {
  const filter = `tags."${OWN_TAG}" = '${tag}'`;
  const answer = await client.post("runs/search", { experiment_ids: [experiment], filter, max_results: 1 });
  const [run] = foundRunsSchema.parse(answer).runs;
  return run && known(run);
}

export async function createRun(
  client: JsonClient,
  run: {
    readonly experiment_id: string;
    readonly run_name: string;
    readonly start_time: number;
    readonly tags: readonly Pair[];
  },
): Promise<KnownRun> {
  return known(oneRunSchema.parse(await client.post("runs/create", run)).run);
}

export const getRun = async (client: JsonClient, id: string): Promise<KnownRun> =>
  known(oneRunSchema.parse(await client.get("runs/get", { run_id: id })).run);

export const logBatch = (
  client: JsonClient,
  id: string,
  batch: {
    readonly metrics?: readonly Metric[];
    readonly params?: readonly Pair[];
    readonly tags?: readonly Pair[];
  },
): Promise<unknown> => client.post("runs/log-batch", { run_id: id, ...batch });

const STATUS: Readonly<Record<Outcome, string>> = {
  finished: "FINISHED",
  "early-stopping": "FINISHED",
  stopped: "KILLED",
  failed: "FAILED",
};

export const endRun = (client: JsonClient, id: string, outcome: Outcome, time: number): Promise<unknown> =>
  client.post("runs/update", { run_id: id, status: STATUS[outcome], end_time: time });

export const continueRun = (client: JsonClient, id: string): Promise<unknown> =>
  client.post("runs/update", { run_id: id, status: "RUNNING" });
