import { sha256, sha256OfFile } from "../../files/index.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import { digestsOf } from "../examples/trainingData.js";
import type { Prepared } from "../prepare/prepare.js";

/**
 * sha256 hashes of the data, the model and the tokens that the tokenizer makes of the data. They depend on
 * contents only, not on paths.
 */
export async function fingerprintOf(prepared: Prepared): Promise<Fingerprint> {
  const { train, stored, weights } = prepared;
  const weightFiles: string[] = [];
  // Teachers decide about the result as the initial weights do.
  for (const file of [...weights.files, ...prepared.teacherFiles]) weightFiles.push(await sha256OfFile(file));
  const own = train.digests();
  const [validation, test] = [prepared.validation, prepared.test].map(
    (split) => split && digestsOf(split.data, split.windowed),
  );
  return {
    model: sha256(JSON.stringify([stored, weightFiles])),
    tokenizer: sha256(JSON.stringify([own, validation, test].map((each) => each?.tokens ?? null))),
    train: own.data,
    validation: validation?.data ?? null,
    test: test?.data ?? null,
  };
}
