import { join } from "node:path";
import { attempt, claimFiles, makeFolders, writeFileAtomically } from "../files/index.js";
import type { Sentence } from "../text/sentence.js";
import { quickstartConfig } from "./config.js";
import { quickstartCorpus } from "./corpus.js";
import { quickstartTokenizer } from "./tokenizer.js";

/** Paths of the written files. `config` is the text of the encoder's `config.json`. */
export interface QuickstartFiles {
  readonly train: string;
  readonly validation: string;
  readonly test: string;
  /** Folder of the encoder: `config.json` and the tokenizer's files, without weights. */
  readonly encoder: string;
  readonly config: string;
}

/**
 * Writes the corpus as `train.conll`, `validation.conll` and `test.conll`, and `encoder/` with configuration
 * and tokenizer. Creates the folder if it does not exist. Files of an earlier quickstart are replaced if
 * `overwrite` is set, and files of the user never.
 *
 * @param family the `model_type` of the encoder, `bert` by default
 * @throws NeriumError QUICKSTART_FAMILY and FILES_NOT_OURS before anything is written, `FILES_…`
 */
export async function writeQuickstartFiles(
  folder: string,
  seed: number,
  overwrite = false,
  family?: string,
): Promise<QuickstartFiles> {
  const corpus = quickstartCorpus(seed);
  const tokenizer = quickstartTokenizer(corpus.train);
  const vocabularySize = tokenizer["vocab.txt"].trimEnd().split("\n").length;
  const config = quickstartConfig(vocabularySize, family);
  const encoder = join(folder, "encoder");
  const paths = {
    train: join(folder, "train.conll"),
    validation: join(folder, "validation.conll"),
    test: join(folder, "test.conll"),
  };
  const names = ["config.json", ...Object.keys(tokenizer), "model.safetensors"];
  const parts = ["train", "validation", "test"] as const;
  await claimFiles(
    folder,
    "quickstart",
    [...parts.map((part) => `${part}.conll`), ...names.map((name) => `encoder/${name}`)],
    overwrite,
  );
  await attempt(encoder, "create", () => makeFolders(encoder));
  for (const part of parts) {
    await writeFileAtomically(paths[part], conllText(corpus[part]));
  }
  for (const [name, text] of Object.entries({ "config.json": config, ...tokenizer })) {
    await writeFileAtomically(join(encoder, name), text);
  }
  return { ...paths, encoder, config };
}

/**
 * Returns sentences in two columns, token and tag, as in CoNLL-2003: with document marks, and an empty line
 * after each sentence.
 */
export function conllText(sentences: readonly Sentence[]): string {
  const lines: string[] = [];
  let document = -1;
  for (const sentence of sentences) {
    if (sentence.document !== document) lines.push("-DOCSTART- O", "");
    document = sentence.document;
    for (const [index, word] of sentence.words.entries()) lines.push(`${word} ${sentence.tags[index]}`);
    lines.push("");
  }
  return `${lines.join("\n")}\n`;
}
