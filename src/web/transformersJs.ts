/** The part of transformers.js that is used here, version 3 or 4: what its tokenizers, models and tensors have. */

/** A tensor of transformers.js. */
export interface WebTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** What `AutoTokenizer.from_pretrained` returns. */
export interface WebTokenizer {
  /** Tokenizes a text into tensors. */
  (text: string): { readonly input_ids: WebTensor } | Promise<{ readonly input_ids: WebTensor }>;
  /** Returns the ids of a text. */
  encode(text: string, options?: { add_special_tokens?: boolean }): number[];
  readonly model_max_length?: number | undefined;
}

/** What `AutoModelForTokenClassification.from_pretrained` returns. */
export interface WebModel {
  /** Runs the model. Tensors have the shape `[sequences, tokens]`; `logits` has `[sequences, tokens, labels]`. */
  // biome-ignore lint/suspicious/noExplicitAny: transformers.js declares both sides as any
  (inputs: any): Promise<any>;
  /** The content of config.json. */
  readonly config: unknown;
}

/** Makes a tensor of 64-bit integers. */
export type MakeTensor = (data: BigInt64Array, dims: number[]) => WebTensor;

/** Returns what makes tensors of the class that a tokenizer uses, so that the model gets those of its own copy of the library. */
export async function tensorMaker(tokenizer: WebTokenizer): Promise<MakeTensor> {
  const { input_ids } = await tokenizer("a");
  const Tensor = input_ids.constructor as new (
    type: string,
    data: BigInt64Array,
    dims: number[],
  ) => WebTensor;
  return (data, dims) => new Tensor("int64", data, dims);
}

/** The special tokens that a tokenizer puts around a sequence. */
export function specialIdsOf(tokenizer: WebTokenizer): {
  readonly cls: number | undefined;
  readonly sep: number | undefined;
} {
  const [bare, whole] = [false, true].map((add_special_tokens) =>
    tokenizer.encode("a", { add_special_tokens }),
  ) as [number[], number[]];
  const added = whole.length - bare.length;
  const begins = added > 0 && whole[0] !== bare[0];
  return {
    cls: begins ? whole[0] : undefined,
    sep: added > (begins ? 1 : 0) ? whole.at(-1) : undefined,
  };
}
