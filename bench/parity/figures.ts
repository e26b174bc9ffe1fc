import type { RunFigures, SelfDistances } from "./compare.js";
import type { Recording } from "./recording.js";

/** The figures of a recording, in the form used for the comparison. */
export function recordedFigures({ order, steps, evaluations }: Recording): RunFigures {
  return {
    steps: steps.map(({ loss, grad_norm, learning_rate }, index) => ({
      sentences: order[index] ?? [],
      loss,
      gradNorm: grad_norm,
      learningRate: learning_rate,
    })),
    evaluations: evaluations.map((each) => ({
      epoch: each.epoch,
      loss: each.eval_loss,
      precision: each.eval_precision,
      recall: each.eval_recall,
      f1: each.eval_f1,
      accuracy: each.eval_accuracy,
    })),
  };
}

/** HF's own distances under the names of the bars. Distances that were not measured are left out. */
export function selfDistances({ self, steps }: Recording): SelfDistances {
  if (self === undefined) return {};
  const { relative_loss_max: loss, relative_grad_norm_max: norm } = self;
  const all = `first_${steps.length}`;
  const first = loss.first_40 === undefined ? all : "first_40";
  const distances = {
    "loss of step 1, relative": loss.first_1,
    "loss, first 40 steps, relative": loss[first],
    "loss, all steps, relative": loss[all],
    "gradient norm, first 40 steps, relative": norm[first],
    "gradient norm, all steps, relative": norm[all],
    "evaluation loss, relative": self.eval_loss_max,
    "evaluation F1": self.eval_f1_max,
    "final weights": self.weights_max_without_key_bias,
  };
  return Object.fromEntries(Object.entries(distances).filter(([, value]) => value !== undefined));
}
