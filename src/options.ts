import { closest, distance } from "fastest-levenshtein";
import { argumentInvalid, optionInvalid, optionUnknown } from "./errors.js";

/** What the value of an option must be, as an error says it. */
const TESTS = {
  "true or false": (value) => typeof value === "boolean",
  "a number": (value) => typeof value === "number" && !Number.isNaN(value),
  "a whole number of 1 or more": (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  "a text": (value) => typeof value === "string",
  "a number or a text": (value) => typeof value === "number" || typeof value === "string",
  "a list of texts": (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
  "a list of functions": (value) => Array.isArray(value) && value.every((each) => typeof each === "function"),
  "a function": (value) => typeof value === "function",
  "an object": (value) => isObject(value),
  "an AbortSignal": (value) => isObject(value) && "aborted" in value && "addEventListener" in value,
} satisfies Readonly<Record<string, (value: unknown) => boolean>>;

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export type OptionKind = keyof typeof TESTS;

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
    if (value !== undefined && !TESTS[kind](value)) throw optionInvalid(call, name, value, kind);
  }
}

/** @throws NeriumError PACKAGE_ARGUMENT_INVALID */
export function requireArgument(call: string, name: string, value: unknown, kind: OptionKind): void {
  if (!TESTS[kind](value)) throw argumentInvalid(call, name, value, kind);
}
