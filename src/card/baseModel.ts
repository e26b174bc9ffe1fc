import { isHubName } from "../hub/names.js";

/**
 * Returns the public name of the model that was fine-tuned: the name in the recipe's section `card`,
 * otherwise the model as requested if that is not a folder, otherwise the name in its configuration.
 *
 * @returns `null` for a model in a local folder without a public name
 */
export function baseModelName(known: {
  /** `finetuned_from` of the recipe's section `card`. */
  readonly finetunedFrom?: string | undefined;
  /** The model as the recipe names it, and whether it is a local folder. */
  readonly model: string;
  readonly modelIsFolder: boolean;
  /** `_name_or_path` of the model's config.json. */
  readonly nameOrPath?: string | undefined;
}): string | null {
  if (known.finetunedFrom) return known.finetunedFrom;
  if (!known.modelIsFolder && !isPath(known.model)) return known.model;
  return known.nameOrPath && isHubName(known.nameOrPath) ? known.nameOrPath : null;
}

/** Returns true for a name that only a file system or a URL can have. */
export function isPath(name: string): boolean {
  return /^[~./]|^[A-Za-z]:|\\|\/.*\/|\/$/.test(name);
}
