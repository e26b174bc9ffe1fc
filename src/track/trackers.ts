import type { TrackerName } from "../recipe/trackers.js";
import { mlflowSettings } from "./mlflow/settings.js";
import { MlflowTracker } from "./mlflow/tracker.js";
import { TensorBoardTracker } from "./tensorboard/tracker.js";
import type { Tracker } from "./tracker.js";
import { trackioSettings } from "./trackio/settings.js";
import { TrackioTracker } from "./trackio/tracker.js";

/** What trackers need from outside. */
export interface TrackingEdge {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
}

const MAKE: Readonly<Record<TrackerName, (edge: TrackingEdge) => Tracker>> = {
  tensorboard: ({ environment, now }) =>
    new TensorBoardTracker({ folder: environment.TENSORBOARD_LOGGING_DIR?.trim() || undefined, now }),
  mlflow: ({ environment, now }) => new MlflowTracker(mlflowSettings(environment), { now }),
  trackio: ({ environment }) => new TrackioTracker(trackioSettings(environment)),
};

/**
 * Returns the trackers with these names.
 *
 * @throws NeriumError `TRACK_…` if the environment does not say where to report to
 */
export const trackersNamed = (names: readonly TrackerName[], edge: TrackingEdge): Tracker[] =>
  names.map((name) => MAKE[name](edge));
