/** What a contestant of the benchmark does. */
export interface Task {
  readonly model: string;
  readonly train: string;
  readonly device: string;
  readonly format: "fp32" | "tf32" | "bf16";
  /** Whether batches have sentences of similar length. */
  readonly grouped: boolean;
  readonly batches: number;
  readonly batchSize: number;
  readonly threads: number;
}

export interface OurTask extends Task {
  readonly swiftshader: boolean;
}

export interface TheirTask extends Task {
  readonly attention: "eager" | "sdpa";
}

/** What it measured. */
export interface Figures {
  readonly steps: readonly { readonly seconds: number; readonly tokens: number; readonly loss: number }[];
  /** Peak resident memory. */
  readonly hostBytes: number;
  /** Memory of the GPU: what the driver gave the process, or for PyTorch the peak of what it used. */
  readonly gpuBytes: number | null;
}
