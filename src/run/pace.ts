/** How far a run is. */
export interface Pace {
  /** Seconds of the steps and evaluations since the run was started or resumed. */
  readonly seconds: number;
  readonly step: number;
  readonly resumedAt: number;
  readonly totalSteps: number;
}

/**
 * Estimates the seconds left, if the remaining steps and their evaluations take as long as those so far.
 * Returns `undefined` before the first step.
 */
export const remainingSeconds = ({ seconds, step, resumedAt, totalSteps }: Pace): number | undefined =>
  step <= resumedAt ? undefined : (seconds / (step - resumedAt)) * (totalSteps - step);
