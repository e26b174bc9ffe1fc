import { nameInvalid } from "./errors.js";

/**
 * Returns true if the text may be a name on the Hugging Face hub: `roberta-large`,
 * `google-bert/bert-base-cased`.
 */
export function isHubName(name: string): boolean {
  const wellFormed = /^(?:\w(?:[\w.-]*\w)?\/)?\w(?:[\w.-]*\w)?$/.test(name);
  return wellFormed && name.length <= 96 && !/--|\.\.|\.git$/.test(name);
}

/** The parts of a name as the user typed it. */
export interface TypedName {
  /** `roberta-large`, `org/name`. */
  readonly name: string;
  /** A branch, tag or commit. */
  readonly revision: string | undefined;
  /** A data set's configuration, typed as the third part of the name: `org/name/config`. */
  readonly config: string | undefined;
}

/**
 * Splits `NAME[@REVISION]` into its parts, and also `ORG/NAME/CONFIG[@REVISION]` if `withConfig` is set.
 *
 * @throws NeriumError HUB_NAME_INVALID
 */
export function typedName(typed: string, { withConfig = false } = {}): TypedName {
  const at = typed.indexOf("@");
  const path = at < 0 ? typed : typed.slice(0, at);
  const revision = at < 0 ? undefined : typed.slice(at + 1);
  if (revision === "") throw nameInvalid(typed, "the revision after the @ is empty");
  const parts = path.split("/");
  const config = withConfig && parts.length === 3 ? parts.pop() : undefined;
  const name = parts.join("/");
  if (config === "") throw nameInvalid(typed, "the configuration after the last / is empty");
  if (!isHubName(name)) throw nameInvalid(typed, "only letters, digits, -, _, . and one / are allowed");
  return { name, revision, config };
}

/** Returns true if {@link typedName} accepts the text. */
export function mayBeTypedName(typed: string): boolean {
  try {
    typedName(typed);
    return true;
  } catch {
    return false;
  }
}
