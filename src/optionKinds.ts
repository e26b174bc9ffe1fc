import { limits } from "./limits.js";

const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const isWhole = (value: unknown, least = -Infinity, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

export const THREADS = `a whole number from 1 to ${limits.threads}` as const;
export const DRAWS = `a whole number from 1 to ${limits.draws}` as const;

export const PORT = "a whole number from 0 to 65535";

/** What the value of an option must be, as an error says it. The flags of the command line use the same tests. */
const TESTS = {
  "true or false": (value) => typeof value === "boolean",
  "a number from 0 to 1": (value) => typeof value === "number" && value >= 0 && value <= 1,
  "a whole number of 0 or more": (value) => isWhole(value, 0),
  "a whole number of 1 or more": (value) => isWhole(value, 1),
  "a whole number of 2 or more": (value) => isWhole(value, 2),
  "a whole number of 3 or more": (value) => isWhole(value, 3),
  [THREADS]: (value) => isWhole(value, 1, limits.threads),
  [DRAWS]: (value) => isWhole(value, 1, limits.draws),
  [PORT]: (value) => isWhole(value, 0, 65_535),
  "a text": (value) => typeof value === "string",
  "a text that is not empty": (value) => typeof value === "string" && value !== "",
  "a whole number or a text": (value) => isWhole(value) || typeof value === "string",
  "a list of texts": (value) => areTexts(value),
  "a list of at least one text": (value) => areTexts(value) && value.length > 0,
  "a list of different seeds": (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((seed) => isWhole(seed, 0, 2 ** 32 - 1)) &&
    new Set(value).size === value.length,
  "a list of rising shares below 1": (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (share, at) => typeof share === "number" && share < 1 && share > (at === 0 ? 0 : value[at - 1]),
    ),
  "a list of functions": (value) => Array.isArray(value) && value.every((each) => typeof each === "function"),
  "a function": (value) => typeof value === "function",
  "an object": (value) => isObject(value),
  "an AbortSignal": (value) => isObject(value) && "aborted" in value && "addEventListener" in value,
} satisfies Readonly<Record<string, (value: unknown) => boolean>>;

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A kind of value, or the texts that an option takes. */
export type OptionKind = keyof typeof TESTS | readonly string[];

export const fits = (value: unknown, kind: OptionKind): boolean =>
  typeof kind === "string" ? TESTS[kind](value) : kind.includes(value as string);

/** A kind as an error says it. */
export const kindText = (kind: OptionKind): string =>
  typeof kind === "string" ? kind : `one of ${kind.join(", ")}`;
