/**
 * What a parameter is. `table`: rows that ids look up; `linear`: the matrix of a linear layer, `[out, in]`; `norm`: the weight
 * of a normalisation; `bias`: the bias of a linear layer or a normalisation.
 */
export type Role = "table" | "linear" | "norm" | "bias";

/** Where a parameter stands: the number of an encoder layer, from 0 at the embeddings on, or one of the two ends. */
export type Place = "embeddings" | number | "head";

/** How a parameter begins that no file holds: all 0, all 1, or normal with this standard deviation and perhaps a row of zeros. */
export type Initial = 0 | 1 | { readonly std: number; readonly zeroRow?: number };

/** One parameter of a model, as the graph sees it. */
export interface Parameter {
  /** Its name in Hugging Face's weight files, or, for a stacked one, a name of the same form. */
  readonly name: string;
  readonly shape: readonly number[];
  /** For a stacked parameter: the tensors of the weight file that stand one below the other in it. */
  readonly parts?: readonly string[];
  readonly role: Role;
  readonly place: Place;
  /** Whether weight decay applies to it, as in HF Trainer. */
  readonly decays: boolean;
  readonly initial: Initial;
  /** The word-embedding table: one row for each id of the vocabulary. A run may hold only those rows that it uses. */
  readonly isVocabulary?: true;
  /** The matrix of a feed-forward network's second layer. Its inputs have outliers, so 8-bit forms treat it with care. */
  readonly contracts?: true;
}

/**
 * Makes the parameters of one place. `at` is a name without `.weight` or `.bias`.
 *
 * Weight decay leaves biases and normalisations alone. Matrices and tables begin normal with the standard deviation `std`,
 * biases at 0, the weights of normalisations at 1.
 */
export function parametersAt(place: Place, std: number) {
  type More = Partial<Pick<Parameter, "isVocabulary" | "contracts" | "initial">>;
  const parameter = (role: Role, name: string, shape: readonly number[], more: More = {}): Parameter => ({
    name,
    shape,
    role,
    place,
    decays: role === "table" || role === "linear",
    initial: role === "bias" ? 0 : role === "norm" ? 1 : { std },
    ...more,
  });
  const bias = (at: string, length: number) => parameter("bias", `${at}.bias`, [length]);
  const linear = (at: string, from: number, to: number, more?: More): readonly Parameter[] => [
    parameter("linear", `${at}.weight`, [to, from], more),
    bias(at, to),
  ];
  return {
    /** `[rows, columns]` */
    table: (at: string, rows: number, columns: number, more?: More): Parameter =>
      parameter("table", `${at}.weight`, [rows, columns], more),
    /** `[to, from]` and `[to]` */
    linear,
    /** `[length]` and `[length]` */
    norm: (at: string, length: number): readonly Parameter[] => [
      parameter("norm", `${at}.weight`, [length]),
      bias(at, length),
    ],
    /** Linear layers of one input as a single one, under the name `at.name`: `[parts · to, from]` and `[parts · to]`. */
    stacked: (at: string, name: string, parts: readonly string[], from: number, to: number) =>
      linear(`${at}.${name}`, from, parts.length * to).map((stacked) => ({
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
  /** Elements of the parameter before it. */
  readonly from: number;
}

/** The tensors of the weight file that a parameter consists of, and where in it each begins. */
export function storedParts({
  name,
  shape,
  parts = [name],
}: Pick<Parameter, "name" | "shape" | "parts">): readonly StoredPart[] {
  const [rows, ...rest] = shape;
  const part = [rows! / parts.length, ...rest];
  return parts.map((each, index) => ({ name: each, shape: part, from: index * elements(part) }));
}
