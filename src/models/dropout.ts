import { type Dim, dropout, input, rematerialise, type Tensor } from "../graph/index.js";
import type { ModelConfig } from "./config.js";

/** Where a model drops values: `at` names the place by the weights that stand there. */
export interface Dropout {
  hidden(at: string, x: Tensor): Tensor;
  attention(at: string, x: Tensor): Tensor;
  classifier(at: string, x: Tensor): Tensor;
}

/** One mask that a training step needs: input `name`, `uint8[shape]`, 1 with probability 1 − p. */
export interface DropoutSite {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly probability: number;
}

/** No dropout: evaluation and prediction. */
export const noDropout: Dropout = { hidden: (_, x) => x, attention: (_, x) => x, classifier: (_, x) => x };

/** Dropout with the config's probabilities; the masks become inputs of the graph, listed in `sites`. */
export function maskedDropout(config: ModelConfig): { dropout: Dropout; sites: readonly DropoutSite[] } {
  const sites: DropoutSite[] = [];
  const at = (probability: number) => (place: string, x: Tensor) => {
    if (probability === 0) return x;
    const site = { name: `${place}.dropout`, shape: x.shape, probability };
    sites.push(site);
    return rematerialise(dropout(x, input(site.name, "uint8", x.shape), probability));
  };
  const hidden = config.hidden_dropout_prob;
  return {
    dropout: {
      hidden: at(hidden),
      attention: at(config.attention_probs_dropout_prob),
      classifier: at(config.classifier_dropout ?? hidden),
    },
    sites,
  };
}
