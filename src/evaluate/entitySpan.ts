/** An entity as a range of words. */
export interface EntitySpan {
  readonly type: string;
  /** Index of the first word. */
  readonly start: number;
  /** Index after the last word. */
  readonly end: number;
}
