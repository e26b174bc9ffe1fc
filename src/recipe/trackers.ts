import { z } from "zod";

/** Where Nerium reports the figures of a run to: values of HF's `report_to`. */
export const TRACKERS = ["tensorboard", "mlflow", "trackio"] as const;

export type TrackerName = (typeof TRACKERS)[number];

/** HF's other values of `report_to`. */
const FOREIGN = [
  "all",
  "azure_ml",
  "clearml",
  "codecarbon",
  "comet_ml",
  "dagshub",
  "dvclive",
  "flyte",
  "kubeflow",
  "neptune",
  "swanlab",
  "wandb",
] as const;

const EXPECTED = `none, ${TRACKERS.join(", ")}, or a list of them`;

const KNOWN: readonly string[] = ["none", ...TRACKERS, ...FOREIGN];

const one = z.string({ error: EXPECTED }).refine((name) => KNOWN.includes(name), { error: EXPECTED });

/** The values of `report_to`: one, or several. */
export const reportTo = z.union([one, z.array(one, { error: EXPECTED })], { error: EXPECTED });

const listed = (value: z.output<typeof reportTo>) => (typeof value === "string" ? [value] : value);

/** Returns those that Nerium reports to, each once. */
export const trackersIn = (value: z.output<typeof reportTo>): readonly TrackerName[] =>
  TRACKERS.filter((name) => listed(value).includes(name));

/** Returns HF's values that Nerium does not report to, as far as a checked or unchecked value has them. */
export function foreignTrackers(value: unknown): string[] {
  const { success, data } = reportTo.safeParse(value);
  return success ? listed(data).filter((name) => (FOREIGN as readonly string[]).includes(name)) : [];
}
