import { type Dim, dropout, input, rematerialise, type Tensor } from "../graph/index.js";

/** The probability that a value is dropped: in embeddings, hidden states and attention weights, and before the classifier. */
export interface DropoutProbabilities {
  readonly embeddings: number;
  readonly hidden: number;
  readonly attention: number;
  readonly classifier: number;
}

/** The dropout functions of a model. `at` names the place where values are dropped, after the weights used there. */
export type Dropout = Readonly<Record<keyof DropoutProbabilities, (at: string, x: Tensor) => Tensor>>;

/** One mask that a training step needs: the input `name`, `uint8[shape]`, each element 1 with probability 1 − p. */
export interface DropoutSite {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly probability: number;
}

/** No dropout, for evaluation and prediction. */
export const noDropout: Dropout = {
  embeddings: (_, x) => x,
  hidden: (_, x) => x,
  attention: (_, x) => x,
  classifier: (_, x) => x,
};

/** Returns dropout with these probabilities. The masks become inputs of the graph, which are added to `sites`. */
export function maskedDropout({ embeddings, hidden, attention, classifier }: DropoutProbabilities): {
  dropout: Dropout;
  sites: readonly DropoutSite[];
} {
  const sites: DropoutSite[] = [];
  const at = (probability: number) => (place: string, x: Tensor) => {
    if (probability === 0) return x;
    const site = { name: `${place}.dropout`, shape: x.shape, probability };
    sites.push(site);
    return rematerialise(dropout(x, input(site.name, "uint8", x.shape), probability));
  };
  return {
    dropout: {
      embeddings: at(embeddings),
      hidden: at(hidden),
      attention: at(attention),
      classifier: at(classifier),
    },
    sites,
  };
}
