// A listener of your own: writes the loss of every step to a CSV file.
// node examples/listener.mjs MODEL TRAIN OUTPUT LOSSES.csv

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { train } from "nerium";

const [model, trainFile, output, csv] = process.argv.slice(2);

/** @param {string} file @returns {import("nerium").TrainListener} */
function lossesTo(file) {
  const stream = createWriteStream(file);
  stream.write("step,epoch,loss,learning_rate,tokens_per_second\n");
  return async (event) => {
    if (event.type === "step") {
      const { step, epoch, loss, learningRate, tokens, seconds } = event;
      const line = [step, epoch.toFixed(4), loss, learningRate, Math.round(tokens / seconds)].join(",");
      if (!stream.write(`${line}\n`)) await once(stream, "drain"); // The run waits for its listeners.
    }
    if (event.type === "failed") console.error(`failed: ${event.message}`);
    if (event.type === "closed") await new Promise((resolve) => stream.end(resolve)); // Always the last event.
  };
}

const recipe = {
  model,
  train: trainFile,
  output,
  maxSteps: 10,
  perDeviceTrainBatchSize: 16,
  learningRate: 2e-3,
};
await train(recipe, { listeners: [lossesTo(csv)] }).result();
console.log(`losses are in ${csv}`);
