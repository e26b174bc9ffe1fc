import { isHubName } from "../hub/names.js";

/**
 * The public name of the model that is fine-tuned: what the recipe's card section says, else the model as it was
 * asked for where that is no folder, else the name that its configuration remembers.
 *
 * @returns null for a model in a local folder that nobody named
 */
export function baseModelName(known: {
  /** `finetuned_from` of the recipe's section `card`. */
  readonly finetunedFrom?: string | undefined;
  /** The model as the recipe names it, and whether that is a folder of this machine. */
  readonly model: string;
  readonly modelIsFolder: boolean;
  /** `_name_or_path` of the model's config.json. */
  readonly nameOrPath?: string | undefined;
}): string | null {
  if (known.finetunedFrom) return known.finetunedFrom;
  if (!known.modelIsFolder && !isPath(known.model)) return known.model;
  return known.nameOrPath && isHubName(known.nameOrPath) ? known.nameOrPath : null;
}

/** True for what only a file system or a URL calls by this name. */
export function isPath(name: string): boolean {
  return /^[~./]|^[A-Za-z]:|\\|\/.*\/|\/$/.test(name);
}
