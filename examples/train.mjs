// Fine-tunes a model and scores it on other data: node examples/train.mjs MODEL TRAIN VALIDATION TEST OUTPUT
import { evaluateFolder, isNeriumError, train } from "nerium";

const [model, trainFile, validation, test, output] = process.argv.slice(2);

try {
  const run = train({
    model,
    train: trainFile,
    validation,
    output,
    learningRate: 2e-3,
    numTrainEpochs: 2,
    perDeviceTrainBatchSize: 16,
    loadBestModelAtEnd: true,
    metricForBestModel: "f1",
  });
  process.once("SIGINT", () => run.stop()); // Finishes the step and saves. Resume with train(recipe, { resume: true }).
  for await (const event of run) {
    if (event.type === "warning") console.warn(event.message);
    if (event.type === "evaluation")
      console.log(
        `epoch ${event.epoch}: loss ${event.metrics.loss.toFixed(4)}, F1 ${event.metrics.f1.toFixed(4)}`,
      );
  }
  const { folder } = await run.result();

  const { scores } = await evaluateFolder(folder, test);
  for (const [type, { f1, support }] of Object.entries(scores.types))
    console.log(`${type}: F1 ${f1.toFixed(4)} of ${support} entities`);
} catch (error) {
  if (!isNeriumError(error)) throw error;
  console.error(`${error.code}: ${error.message}\n${error.where ?? ""}\n${error.remedy ?? ""}`);
  process.exitCode = 1;
}
