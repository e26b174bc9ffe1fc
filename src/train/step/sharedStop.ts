/**
 * The wish to end a run early, which the processes that train together agree on: all of them end after the same step.
 */
export class SharedStop {
  private readonly agreed = new AbortController();
  /** Aborted once all processes know that one of them was asked to stop. */
  readonly signal: AbortSignal;

  /**
   * @param asked aborted when this process is asked to stop
   * @param isAlone true if there are no others to agree with
   */
  constructor(
    readonly asked: AbortSignal,
    isAlone: boolean,
  ) {
    this.signal = isAlone ? asked : this.agreed.signal;
  }

  /** 1 if this process was asked to stop, otherwise 0. */
  get vote(): number {
    return this.asked.aborted ? 1 : 0;
  }

  /** @param votes the sum of the votes of all processes */
  settle(votes: number): void {
    if (votes > 0) this.agreed.abort();
  }
}
