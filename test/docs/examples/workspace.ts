/** A folder with everything that the examples of the documentation name, made small. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { train } from "../../../src/train/index.js";
import { tinyModel } from "../../train/tinyModel.js";

export const repository = resolve(import.meta.dirname, "../../..");
export const program = join(repository, "dist/cli/main.js");

const ENCODERS = ["bert-base-cased", "roberta-large", "base", "first-model/encoder"];
const MODELS = [
  ...["my-model", "other-model", "third-model", "model-a", "model-b", "dslim/bert-base-NER"],
  ...["my-account/my-model", "first-model/model"],
];
const COPIES: Readonly<Record<string, readonly string[]>> = {
  train: ["train.txt", "first-model/train.conll", "conll2003/train.conll"],
  validation: ["valid.txt", "valid.conll", "first-model/validation.conll", "conll2003/validation.conll"],
  test: ["test.conll", "private.conll", "first-model/test.conll", "conll2003/test.conll"],
};
/** Data files in other formats, from the CoNLL file on the right. */
const CONVERTED: readonly (readonly [string, string, ...string[]])[] = [
  ["train.csv", "train.conll"],
  ["my-data.csv", "train.conll"],
  ["train.jsonl", "train.conll"],
  ["valid.jsonl", "valid.conll"],
  ["five-million.jsonl", "train.conll"],
  ["train.json", "train.conll", "--to", "jsonl"],
  ["valid.json", "valid.conll", "--to", "jsonl"],
  ["label-studio.json", "train.conll", "--to", "label-studio"],
  ["brat-folder", "valid.conll", "--to", "brat"],
];

const TEXTS = ["Victoria Ashford works for Nexora.", "Anna Smith paid with 4111 1111 1111 1111."];
const csv = (column: string) => `id,${column}\n1,"${TEXTS[0]}"\n2,"${TEXTS[1]}"\n`;
const jsonl = `${TEXTS.map((text, id) => JSON.stringify({ id, text })).join("\n")}\n`;
const FILES: Readonly<Record<string, string>> = {
  "texts/one.txt": `${TEXTS.join("\n")}\n`,
  "letters/letter.txt": `${TEXTS.join("\n")}\n`,
  "letters/second.md": `# A letter\n\n${TEXTS[1]}\n`,
  "corpus/texts.jsonl": jsonl,
  "letter.txt": `${TEXTS[1]}\n`,
  "lines.txt": `${TEXTS.join("\n")}\n`,
  "server.log": `127.0.0.1 - anna@example.org\n${TEXTS[1]}\n`,
  "reviews.csv": csv("review"),
  "customers.csv": csv("text"),
  "new.jsonl": jsonl,
  "chat.jsonl": jsonl,
  "texts.jsonl": jsonl,
  "redact.key": `${"0123456789abcdef".repeat(4)}\n`,
  "recipe.yaml": [
    ...["model: bert-base-cased", "train: train.conll", "validation: valid.conll", "test: test.conll"],
    ...["output: my-model", "learning_rate: 3e-3", "num_train_epochs: 2", ""],
  ].join("\n"),
};

/** Makes the folder. It takes some seconds, so each page gets a copy. */
export async function workspace(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "nerium-examples-"));
  const at = (name: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  const nerium = (...args: readonly string[]) =>
    execFileSync(process.execPath, [program, ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  const tiny = await tinyModel();
  for (const name of ENCODERS) cpSync(tiny.encoder, at(name), { recursive: true });
  for (const [split, names] of Object.entries(COPIES))
    for (const name of ["train.conll", ...names].slice(split === "train" ? 0 : 1))
      cpSync(tiny.files[split as keyof typeof tiny.files], at(name));
  const { folder: model } = await train(tiny.recipe({ numTrainEpochs: 6 })).result();
  for (const name of MODELS) cpSync(model, at(name), { recursive: true });
  cpSync(join(model, "README.md"), at("README.md"));
  cpSync(join(repository, "recipes"), at("recipes"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(at(name), text);
  for (const [name, from, ...more] of CONVERTED) nerium("convert", from, name, ...more);
  nerium("evaluate", "my-model", "test.conll", "--predictions", "answers.conll");
  for (const kind of ["plain", "crf"])
    for (const seed of [1, 2]) cpSync(join(folder, "answers.conll"), at(`${kind}/seed-${seed}/test.conll`));
  // What was taken out of the letter, and what somebody answered to it.
  writeFileSync(at("answer.txt"), "Dear [PERSON_1], thank you.\n");
  mkdirSync(at("node_modules/@huggingface"), { recursive: true });
  symlinkSync(repository, join(folder, "node_modules/nerium"), "junction");
  symlinkSync(
    join(repository, "node_modules/@huggingface/inference"),
    join(folder, "node_modules/@huggingface/inference"),
    "junction",
  );
  return folder;
}
