import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Document, parse, visit } from "yaml";
import { attempt, readWholeText } from "../files/index.js";
import { type CardRecipe, hyperparameterFields } from "./cardHyperparameters.js";
import { cardUnreadable } from "./errors.js";
import { recordedRecipe } from "./recorded.js";

/** Fields that allowed one run to replace files. */
const CONSENTS = ["force", "overwrite_output_dir"];

/**
 * Returns the recipe of a run, as YAML with comments: the recorded one of a folder that Nerium wrote, otherwise what a model card
 * tells.
 *
 * @param card a file, or a folder with a README.md
 * @throws NeriumError RECIPE_CARD_UNREADABLE, `FILES_…`
 */
export async function recipeOfCard(card: string): Promise<string> {
  const isFolder = (await stat(card).catch(() => undefined))?.isDirectory() === true;
  const recorded = isFolder ? await recordedRecipe(card) : undefined;
  if (recorded !== undefined) {
    const [consents, fields] = [true, false].map((isConsent) =>
      Object.fromEntries(Object.entries(recorded).filter(([name]) => CONSENTS.includes(name) === isConsent)),
    );
    const notes = Object.keys(consents!).map((name) => `${name} (only the user of a run can decide that)`);
    return recipeYaml({ fields: fields!, notes });
  }
  const file = isFolder ? join(card, "README.md") : card;
  const text = await attempt(file, "read", () => readWholeText(file));
  return recipeYaml(cardRecipe(text, file));
}

/** Formats the content of a card as a recipe file. */
export function recipeYaml({ fields, notes }: CardRecipe): string {
  const document = new Document(fields);
  visit(document, {
    Scalar(_, scalar) {
      // Writes 0.00002 as people do: 2e-5.
      if (typeof scalar.value === "number" && scalar.value !== 0 && Math.abs(scalar.value) < 1e-3)
        scalar.format = "EXP";
    },
  });
  const comments = notes.map((note) => `# Not used: ${note}`);
  return [...comments, document.toString({ lineWidth: 0 })].join("\n");
}

/**
 * Reads a card written by Trainer, in any version since 2020: its list under "Training hyperparameters", its
 * YAML block, its first sentence and its table of results.
 *
 * @param file named in errors
 * @throws NeriumError RECIPE_CARD_UNREADABLE
 * @see https://github.com/huggingface/transformers/blob/main/src/transformers/modelcard.py (TrainingSummary)
 */
export function cardRecipe(text: string, file: string): CardRecipe {
  const told = hyperparameterFields(text);
  if (told === undefined) throw cardUnreadable(file);
  const head = headOf(text);
  const fields = {
    ...source(text, head),
    ...told.fields,
    ...evaluationsOf(text),
    ...cardSection(text, head),
  };
  return { fields, notes: told.notes };
}

type Head = Readonly<Record<string, unknown>>;

function headOf(text: string): Head {
  const yaml = /^\ufeff?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  try {
    const value: unknown = yaml === undefined ? {} : parse(yaml, { logLevel: "silent" });
    return typeof value === "object" && value !== null ? (value as Head) : {};
  } catch {
    return {}; // Only the list of hyperparameters is required.
  }
}

/** Reads model, data set and output folder from the YAML block and the first sentence. */
function source(text: string, head: Head): Record<string, unknown> {
  const { name: title } = namesOf(text, head);
  const linked = /fine-tuned version of \[([^\]]+)\]/.exec(text)?.[1];
  const model = linked ?? first(head.base_model);
  const { dataset, config } = datasetOf(text, head);
  return {
    model: model ?? "MODEL",
    ...(dataset === undefined ? { train: "TRAIN", validation: "VALIDATION" } : { dataset }),
    ...(config === undefined || config === dataset ? {} : { dataset_config: config }),
    output: title ?? "my-model",
  };
}

const first = (value: unknown): string | undefined => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "string" && one !== "" ? one : undefined;
};

interface ModelIndex {
  readonly name?: unknown;
  readonly results?: readonly {
    readonly dataset?: { readonly type?: unknown; readonly args?: unknown; readonly config?: unknown };
  }[];
}

function namesOf(text: string, head: Head) {
  const index = (head["model-index"] as readonly ModelIndex[] | undefined)?.[0];
  return { name: first(index?.name) ?? /^# (.+?)\s*$/m.exec(text)?.[1], index };
}

function datasetOf(text: string, head: Head): { dataset: string | undefined; config: string | undefined } {
  const { index } = namesOf(text, head);
  const described = index?.results?.[0]?.dataset;
  const told = /fine-tuned version of .*? on the (\S+) dataset/.exec(text)?.[1];
  const dataset =
    first(head.datasets) ?? first(described?.type) ?? (told === "None" || told === "an" ? undefined : told);
  return {
    dataset,
    config: dataset === undefined ? undefined : (first(described?.config) ?? first(described?.args)),
  };
}

/** Reads when the run was evaluated, if the table of results shows it. */
function evaluationsOf(text: string): Record<string, unknown> {
  const [, section = ""] = /^#+\s*Training results\s*$([\s\S]*?)(?=^#|$(?![\s\S]))/im.exec(text) ?? [];
  const [head = [], , ...rows] = [...section.matchAll(/^\|(.+)\|\s*$/gm)].map(([, row]) =>
    row!.split("|").map((cell) => cell.trim()),
  );
  const [epoch, step] = [head.indexOf("Epoch"), head.indexOf("Step")];
  if (epoch < 0 || step < 0 || rows.length === 0) return {};
  if (rows.every((row, at) => Math.abs(Number(row[epoch]) - (at + 1)) < 0.01))
    return { eval_strategy: "epoch" };
  const [one, two] = rows.map((row) => Number(row[step]));
  const every = two === undefined ? one : two - one!;
  return every !== undefined && every > 0 && every === one
    ? { eval_strategy: "steps", eval_steps: every }
    : {};
}

/** Returns the fields that the new model's card takes from this card. */
function cardSection(text: string, head: Head): Record<string, unknown> {
  const { name } = namesOf(text, head);
  const license = first(head.license);
  const language = head.language;
  const card = {
    ...(name === undefined ? {} : { model_name: name }),
    ...(license === undefined ? {} : { license }),
    ...(typeof language === "string" || Array.isArray(language) ? { language } : {}),
  };
  return Object.keys(card).length === 0 ? {} : { card };
}
