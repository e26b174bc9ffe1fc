/** What training would take, as `dryRun` measured it. Figures are for all runs together. */
export interface DryRun {
  readonly runs: number;
  /** Steps and epochs of each run. */
  readonly steps: number;
  readonly epochs: number;
  /** Evaluations on the validation data in each run, and checkpoints that each run writes, if no run stops early. */
  readonly evaluations: number;
  readonly checkpoints: number;
  /** Seconds: in total, and for each part of the work. */
  readonly seconds: {
    readonly total: number;
    readonly preparing: number;
    readonly training: number;
    readonly evaluating: number;
    readonly saving: number;
  };
  /** Bytes: the peak of this process, and how much it can use. */
  readonly memory: { readonly peak: number; readonly usable: number };
  /** Bytes: the peak, what is left at the end, what is free now, and the size of one checkpoint and one model. */
  readonly disk: {
    readonly peak: number;
    readonly end: number;
    readonly free: number;
    readonly checkpoint: number;
    readonly model: number;
  };
  /** The measurement: its steps, and its seconds. */
  readonly measured: { readonly steps: number; readonly seconds: number };
}
