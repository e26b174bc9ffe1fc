import { createHash } from "node:crypto";
import { sha256, sha256OfFile } from "../../files/index.js";
import type { Prepared, Split } from "../prepare.js";
import type { Fingerprint } from "./state.js";

/** sha256 of the data, the model and what the tokenizer makes of the data: of contents, wherever the files lie. */
export async function fingerprintOf(prepared: Prepared): Promise<Fingerprint> {
  const { train, validation, test, stored, weights } = prepared;
  const weightFiles: string[] = [];
  for (const file of weights.files) weightFiles.push(await sha256OfFile(file));
  const pieces = createHash("sha256");
  for (const split of [train, validation, test])
    for (const { inputIds } of split?.windowed.windows ?? []) pieces.update(`${inputIds.join()}\n`);
  return {
    model: sha256(JSON.stringify([stored, weightFiles])),
    tokenizer: pieces.digest("hex"),
    train: dataHash(train),
    validation: validation === undefined ? null : dataHash(validation),
    test: test === undefined ? null : dataHash(test),
  };
}

function dataHash({ data }: Split): string {
  const hash = createHash("sha256");
  for (const { words, tags } of data.sentences) hash.update(`${JSON.stringify([words, tags])}\n`);
  return hash.digest("hex");
}
