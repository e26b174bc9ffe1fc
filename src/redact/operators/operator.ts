/**
 * What to put in place of what was found. A name alone stands for the operator with its usual settings.
 *
 * - `placeholder`: `[PERSON_1]`. The same value has the same number.
 * - `pseudonym`: a made-up value of the same kind. With the same key, the same value always gets the same one.
 * - `mask`: `*` for each letter and digit.
 * - `hash`: a keyed hash, HMAC with SHA-256.
 * - `encrypt`: `[PERSON:…]`, which `restore` decrypts.
 * - `replace`: a fixed text.
 * - `remove`: nothing.
 * - `keep`: the value itself.
 */
export type Operator =
  | "placeholder"
  | "pseudonym"
  | "mask"
  | "hash"
  | "encrypt"
  | "remove"
  | "keep"
  | {
      readonly type: "mask";
      /** What stands for a letter or digit. Defaults to `*`. */
      readonly character?: string;
      /** How many letters and digits at the end are kept. Defaults to 0. */
      readonly keepLast?: number;
    }
  | { readonly type: "replace"; readonly with: string };

/** The names of operators. */
export const operatorNames = [
  "placeholder",
  "pseudonym",
  "mask",
  "hash",
  "encrypt",
  "remove",
  "keep",
] as const;
