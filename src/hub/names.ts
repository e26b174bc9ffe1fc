import { nameInvalid } from "./errors.js";

/** True for what may be a name on the Hugging Face hub: `roberta-large`, `google-bert/bert-base-cased`. */
export function isHubName(name: string): boolean {
  const wellFormed = /^(?:\w(?:[\w.-]*\w)?\/)?\w(?:[\w.-]*\w)?$/.test(name);
  return wellFormed && name.length <= 96 && !/--|\.\.|\.git$/.test(name);
}

/** A name as it is typed, in parts. */
export interface TypedName {
  /** `roberta-large`, `org/name`. */
  readonly name: string;
  /** A branch, tag or commit. */
  readonly revision: string | undefined;
  /** A data set's configuration, typed as the third part: `org/name/config`. */
  readonly config: string | undefined;
}

/**
 * Takes `NAME[@REVISION]` apart, and `ORG/NAME/CONFIG[@REVISION]` where `withConfig`.
 *
 * @throws NeriumError HUB_NAME_INVALID
 */
export function typedName(typed: string, { withConfig = false } = {}): TypedName {
  const at = typed.indexOf("@");
  const path = at < 0 ? typed : typed.slice(0, at);
  const revision = at < 0 ? undefined : typed.slice(at + 1);
  if (revision === "") throw nameInvalid(typed, "nothing stands behind the @");
  const parts = path.split("/");
  const config = withConfig && parts.length === 3 ? parts.pop() : undefined;
  const name = parts.join("/");
  if (config === "") throw nameInvalid(typed, "nothing stands behind the last /");
  if (!isHubName(name))
    throw nameInvalid(typed, "names are of letters, digits, - _ and ., with one / at most");
  return { name, revision, config };
}

/** True for what {@link typedName} takes. */
export function mayBeTypedName(typed: string): boolean {
  try {
    typedName(typed);
    return true;
  } catch {
    return false;
  }
}
