/**
 * The kind of a parameter. `table`: a table of rows, looked up by id; `linear`: the matrix of a linear layer, `[out, in]`;
 * `norm`: the weight of a normalisation; `bias`: the bias of a linear layer or a normalisation.
 */
export type Role = "table" | "linear" | "norm" | "bias";

/** The part of the model that a parameter belongs to. A number is an encoder layer; layer 0 follows the embeddings. */
export type Place = "embeddings" | number | "head";

/**
 * The initial values of a parameter that is not in a file: all 0, all 1, or normally distributed with this standard deviation,
 * optionally with one row of zeros.
 */
export type Initial =
  | 0
  | 1
  | {
      readonly std: number;
      readonly zeroRow?: number;
      /** Values further from 0 than this many standard deviations are drawn again. By default none is. */
      readonly cutoff?: number;
    };

/** One parameter of a model, as the graph sees it. */
export interface Parameter {
  /** Its name in Hugging Face's weight files. A stacked parameter has a name of the same form. */
  readonly name: string;
  readonly shape: readonly number[];
  /** For a stacked parameter: the names of the tensors in the weight file that it stacks, first to last. */
  readonly parts?: readonly string[];
  /** Its shape in files, if that is another one for the same elements. */
  readonly storedShape?: readonly number[];
  readonly role: Role;
  readonly place: Place;
  /** Whether weight decay applies to it, as in HF Trainer. */
  readonly decays: boolean;
  readonly initial: Initial;
  /** Set for the word-embedding table, with one row per id of the vocabulary. A run may load only the rows that it uses. */
  readonly isVocabulary?: true;
  /**
   * Set for the matrix of a feed-forward network's second layer. Its inputs have outliers, so the int8 format stores it more
   * precisely in some layers.
   */
  readonly contracts?: true;
}

/**
 * Returns functions that make the parameters of one place. `at` is a name without `.weight` or `.bias`.
 *
 * Weight decay applies to matrices and tables, but not to biases and normalisations. Matrices and tables are initialised with
 * `drawn`, biases with 0, the weights of normalisations with 1.
 */
export function parametersAt(place: Place, drawn: Exclude<Initial, number> = { std: 0.02 }) {
  type More = Partial<Pick<Parameter, "isVocabulary" | "contracts" | "initial" | "storedShape">>;
  /** Whether the layer has a bias. Default: true. */
  type Biased = { readonly bias?: boolean };
  const parameter = (role: Role, name: string, shape: readonly number[], more: More = {}): Parameter => ({
    name,
    shape,
    role,
    place,
    decays: role === "table" || role === "linear",
    initial: role === "bias" ? 0 : role === "norm" ? 1 : drawn,
    ...more,
  });
  const bias = (at: string, length: number) => parameter("bias", `${at}.bias`, [length]);
  const linear = (
    at: string,
    from: number,
    to: number,
    { bias: isBiased = true, ...more }: More & Biased = {},
  ): readonly Parameter[] => [
    parameter("linear", `${at}.weight`, [to, from], more),
    ...(isBiased ? [bias(at, to)] : []),
  ];
  return {
    /** `[rows, columns]` */
    table: (at: string, rows: number, columns: number, more?: More): Parameter =>
      parameter("table", `${at}.weight`, [rows, columns], more),
    /** `[to, from]` and `[to]` */
    linear,
    /** `[length]` and `[length]` */
    norm: (at: string, length: number, { bias: isBiased = true }: Biased = {}): readonly Parameter[] => [
      parameter("norm", `${at}.weight`, [length]),
      ...(isBiased ? [bias(at, length)] : []),
    ],
    /**
     * Several linear layers with the same input as one layer named `at.name`: `[parts · to, from]` and `[parts · to]`.
     */
    stacked: (
      at: string,
      name: string,
      parts: readonly string[],
      from: number,
      to: number,
      more?: More & Biased,
    ): readonly Parameter[] =>
      linear(`${at}.${name}`, from, parts.length * to, more).map((stacked) => ({
        ...stacked,
        parts: parts.map((part) => stacked.name.replace(name, part)),
      })),
  };
}

/** Number of elements. */
export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A tensor of a weight file. */
export interface StoredPart {
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of elements of the parameter before this tensor. */
  readonly from: number;
}

/** Returns the tensors of the weight file that a parameter consists of, and where each of them begins in the parameter. */
export function storedParts({
  name,
  shape,
  storedShape = shape,
  parts = [name],
}: Pick<Parameter, "name" | "shape" | "parts" | "storedShape">): readonly StoredPart[] {
  const [rows, ...rest] = storedShape;
  const part = [rows! / parts.length, ...rest];
  return parts.map((each, index) => ({ name: each, shape: part, from: index * elements(part) }));
}
