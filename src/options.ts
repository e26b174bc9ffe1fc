import { closest, distance } from "fastest-levenshtein";
import { argumentInvalid, optionInvalid, optionUnknown } from "./errors.js";
import { fits, kindText, type OptionKind } from "./optionKinds.js";

/** The options of a function, each with what its value must be. The compiler checks that none is missing. */
export type OptionKinds<Options> = Readonly<Record<keyof Options, OptionKind>>;

/**
 * Checks the options of a function that others call, perhaps from JavaScript. `undefined` counts as not given.
 *
 * @param call name of the function, for the error
 * @throws NeriumError PACKAGE_ARGUMENT_INVALID, PACKAGE_OPTION_UNKNOWN, PACKAGE_OPTION_INVALID
 */
export function requireOptions<Options extends object>(
  call: string,
  options: Options,
  kinds: OptionKinds<Options>,
): void {
  requireArgument(call, "options", options, "an object");
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) {
      const known = Object.keys(kinds);
      const meant = closest(name, known);
      throw optionUnknown(call, name, known, distance(name, meant) <= 2 ? meant : undefined);
    }
    const kind = kinds[name as keyof Options];
    if (value !== undefined && !fits(value, kind)) throw optionInvalid(call, name, value, kindText(kind));
  }
}

/** @throws NeriumError PACKAGE_ARGUMENT_INVALID */
export function requireArgument(call: string, name: string, value: unknown, kind: OptionKind): void {
  if (!fits(value, kind)) throw argumentInvalid(call, name, value, kindText(kind));
}
