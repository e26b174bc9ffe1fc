import { type Dim, dropout, input, rematerialise, type Tensor } from "../graph/index.js";

/** How probable it is that a value is dropped: of hidden states, of attention weights, before the classifier. */
export interface DropoutProbabilities {
  readonly hidden: number;
  readonly attention: number;
  readonly classifier: number;
}

/** Where a model drops values: `at` names the place by the weights that stand there. */
export type Dropout = Readonly<Record<keyof DropoutProbabilities, (at: string, x: Tensor) => Tensor>>;

/** One mask that a training step needs: input `name`, `uint8[shape]`, 1 with probability 1 − p. */
export interface DropoutSite {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly probability: number;
}

/** No dropout: evaluation and prediction. */
export const noDropout: Dropout = { hidden: (_, x) => x, attention: (_, x) => x, classifier: (_, x) => x };

/** Dropout with these probabilities; the masks become inputs of the graph, listed in `sites`. */
export function maskedDropout({ hidden, attention, classifier }: DropoutProbabilities): {
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
  return { dropout: { hidden: at(hidden), attention: at(attention), classifier: at(classifier) }, sites };
}
