/** sha256 of what a run is made from; null for a data set that it has not. */
export interface Fingerprint {
  readonly model: string;
  readonly tokenizer: string;
  readonly train: string;
  readonly validation: string | null;
  readonly test: string | null;
}
