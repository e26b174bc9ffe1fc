/** sha256 of what a run is made from; `null` for a data set that it does not have. */
export interface Fingerprint {
  readonly model: string;
  readonly tokenizer: string;
  readonly train: string;
  readonly validation: string | null;
  readonly test: string | null;
}
