/** The models of the benchmark, with random weights: changes to the geometry of a family in bench/families. */
export interface Geometry {
  readonly family: string;
  readonly changed: Readonly<Record<string, unknown>>;
}

export const GEOMETRIES: Readonly<Record<string, Geometry>> = {
  "bert-base": { family: "bert", changed: {} },
  "roberta-large": {
    family: "roberta",
    changed: { hidden_size: 1024, num_hidden_layers: 24, num_attention_heads: 16, intermediate_size: 4096 },
  },
  tiny: {
    family: "bert",
    changed: {
      ...{ vocab_size: 500, hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 2 },
      intermediate_size: 64,
    },
  },
};

/**
 * The lengths of sentences in tokens: as in CoNLL-2003, half have 18 or fewer and one in a hundred more than 70. They are the same
 * every time.
 */
export function sentenceLengths(count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    // Spreads the numbers evenly, in an order without a pattern.
    const share = ((index * 0.618_033_988_75) % 1) * 0.998 + 0.001;
    return Math.min(120, Math.max(4, Math.round(18 * Math.exp(0.6 * normalQuantile(share)))));
  });
}

/** The number below which this share of a normal distribution lies, by a formula that is right to 0.005. */
function normalQuantile(share: number): number {
  const tail = Math.sqrt(-2 * Math.log(Math.min(share, 1 - share)));
  const above = tail - (2.30753 + 0.27061 * tail) / (1 + 0.99229 * tail + 0.04481 * tail * tail);
  return share < 0.5 ? -above : above;
}
