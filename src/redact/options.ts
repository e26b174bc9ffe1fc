import { type OptionKinds, requireArgument, requireOptions } from "../options.js";
import { expressionInvalid, keyMissing, redactOptionInvalid } from "./errors.js";
import { type FormatName, formatNames } from "./formats/names.js";
import { RedactionKey } from "./key.js";
import { LinearExpression, Unsupported } from "./linear/expression.js";
import { folded } from "./operators/fold.js";
import { type Operator, operatorNames } from "./operators/operator.js";
import type { Operators } from "./operators/replacer.js";

/** What to look for, and what to put in its place. */
export interface RedactOptions {
  /**
   * What to put in place of each type: `{ PERSON: "pseudonym", CREDIT_CARD: { type: "mask", keepLast: 4 } }`. `DEFAULT`
   * is for all other types, and is `placeholder` unless it is given.
   */
  readonly operators?: Readonly<Record<string, Operator>> | undefined;
  /**
   * A secret of 16 bytes or more, for `hash`, `encrypt`, `map`, and for pseudonyms that are the same in every run.
   */
  readonly key?: string | Uint8Array | undefined;
  /**
   * Also returns an encrypted map of the placeholders, with which `restore` puts the values back. Spellings of one value
   * are then told apart: `[PERSON_1]`, `[PERSON_1:2]`. Needs a key. Defaults to false.
   */
  readonly map?: boolean | undefined;
  /** Types to look for as well: `DATE_TIME`, and `NUMBER`, which are numbers of five digits or more. */
  readonly include?: readonly string[] | undefined;
  /** Types to leave alone. */
  readonly exclude?: readonly string[] | undefined;
  /** The only types to look for. */
  readonly only?: readonly string[] | undefined;
  /**
   * Countries where the texts come from, such as `["DE", "AT"]`. Their national numbers and phone numbers are found
   * without a word such as `phone` nearby.
   */
  readonly countries?: readonly string[] | undefined;
  /** What types of the model are called: `{ private_person: "PERSON" }`. Usual names are known. */
  readonly types?: Readonly<Record<string, string>> | undefined;
  /** Texts that are never redacted, in any case. */
  readonly allow?: readonly string[] | undefined;
  /** Texts that are always redacted, in any case and as whole words, by type: `{ PROJECT: ["Falcon"] }`. */
  readonly terms?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * Regular expressions by type: `{ EMPLOYEE: "EMP-\\d{6}" }`. They are matched in linear time, so backreferences and
   * lookarounds at more than one character are refused. Matches of more than 256 UTF-16 units are not found.
   */
  readonly patterns?: Readonly<Record<string, string | RegExp>> | undefined;
  /** Leaves out entities of the model with a lower score. From 0 to 1; defaults to 0. */
  readonly threshold?: number | undefined;
  /** What the text is. Only text values change, and the structure stays. Defaults to `text`. */
  readonly format?: FormatName | undefined;
  /** Where placeholders count from 1: in each `document` (default), or once for `all` texts of a call. */
  readonly numbers?: "document" | "all" | undefined;
  /** Stops the work: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options that were checked. */
export interface RedactSettings {
  readonly operators: Operators;
  readonly key: RedactionKey | undefined;
  readonly map: boolean;
  readonly include: ReadonlySet<string>;
  readonly exclude: ReadonlySet<string>;
  readonly only: ReadonlySet<string> | undefined;
  readonly countries: ReadonlySet<string>;
  readonly types: Readonly<Record<string, string>>;
  /** Folded. */
  readonly allow: ReadonlySet<string>;
  readonly terms: Readonly<Record<string, readonly string[]>>;
  readonly expressions: readonly { readonly type: string; readonly expression: LinearExpression }[];
  readonly threshold: number;
  readonly format: FormatName;
  readonly numbers: "document" | "all";
  readonly signal: AbortSignal | undefined;
}

const OPTIONS: OptionKinds<Omit<RedactOptions, "key">> = {
  operators: "an object",
  map: "true or false",
  include: "a list of texts",
  exclude: "a list of texts",
  only: "a list of texts",
  countries: "a list of texts",
  types: "an object",
  allow: "a list of texts",
  terms: "an object",
  patterns: "an object",
  threshold: "a number from 0 to 1",
  format: formatNames,
  numbers: ["document", "all"],
  signal: "an AbortSignal",
};

/** Types as placeholders have them. */
const TYPE = /^[\p{Lu}\p{Lo}][\p{Lu}\p{Lo}\p{N}_]{0,63}$/u;

/**
 * @param call name of the function, for errors
 * @param mostSteps of matching a pattern with a text, for patterns of somebody else
 * @throws NeriumError `PACKAGE_…` as {@link requireOptions}, REDACT_OPTION_INVALID, REDACT_PATTERN_INVALID,
 *   REDACT_KEY_MISSING, REDACT_KEY_SHORT
 */
export function redactSettings(call: string, options: RedactOptions, mostSteps?: number): RedactSettings {
  requireArgument(call, "options", options, "an object");
  const { key: secret, ...others } = options;
  requireOptions(call, others, OPTIONS);
  const { operators = {}, map = false, types = {}, terms = {}, patterns = {} } = options;
  const { countries = [], threshold = 0, format = "text", numbers = "document", signal } = options;
  for (const [type, operator] of Object.entries(operators)) requireOperator(type, operator);
  for (const [option, names] of Object.entries({ terms, patterns }))
    Object.keys(names).forEach(requireType(option));
  Object.values(types).forEach(requireType("types"));
  for (const [type, list] of Object.entries(terms))
    if (!Array.isArray(list) || !list.every((each) => typeof each === "string"))
      throw redactOptionInvalid(`terms.${type}`, `The terms of ${type} must be a list of texts`);
  const key = secret === undefined ? undefined : keyOf(secret);
  if (map && key === undefined) throw keyMissing("A map");
  const keyed = Object.values(operators).find((operator) => operator === "hash" || operator === "encrypt");
  if (keyed !== undefined && key === undefined) throw keyMissing(`The operator ${keyed}`);
  return {
    ...{ operators, key, map, types, terms, threshold, format, numbers, signal },
    include: new Set(options.include),
    exclude: new Set(options.exclude),
    only: options.only === undefined ? undefined : new Set(options.only),
    countries: new Set(countries.map(requireCountry)),
    allow: new Set((options.allow ?? []).map((text) => folded({}, text))),
    expressions: Object.entries(patterns).map(([type, pattern]) => ({
      type,
      expression: expressionOf(type, requirePattern(type, pattern), mostSteps),
    })),
  };
}

/** @throws NeriumError REDACT_KEY_SHORT, REDACT_OPTION_INVALID */
export function keyOf(secret: unknown): RedactionKey {
  if (typeof secret !== "string" && !(secret instanceof Uint8Array))
    throw redactOptionInvalid("key", "key must be a text or bytes");
  return new RedactionKey(secret);
}

const requireType = (option: string) => (type: unknown) => {
  if (typeof type !== "string" || !TYPE.test(type))
    throw redactOptionInvalid(
      option,
      "The name of a type must have capital letters, digits and underscores only, such as EMPLOYEE_ID",
    );
};

function requireCountry(country: string): string {
  if (!/^[A-Za-z]{2}$/.test(country))
    throw redactOptionInvalid("countries", "A country must be a code of two letters, such as DE");
  return country.toUpperCase();
}

const kinds = [...operatorNames, "replace"];

function requireOperator(type: string, operator: unknown): void {
  const where = `operators.${type}`;
  const invalid = (what: string) => redactOptionInvalid(where, what);
  const name =
    typeof operator === "object" && operator !== null ? (operator as { type?: unknown }).type : operator;
  if (!kinds.includes(name as (typeof kinds)[number]) || operator === "replace")
    throw invalid(
      `The operator of ${type} must be one of ${operatorNames.join(", ")}, or an object with a type`,
    );
  if (typeof operator !== "object") return;
  const { character, keepLast, with: text } = operator as Record<string, unknown>;
  if (name === "mask") {
    if (character !== undefined && (typeof character !== "string" || [...character].length !== 1))
      throw invalid("character of mask must be one character");
    if (keepLast !== undefined && !(Number.isSafeInteger(keepLast) && (keepLast as number) >= 0))
      throw invalid("keepLast of mask must be a whole number of 0 or more");
  } else if (name === "replace") {
    if (typeof text !== "string") throw invalid("with of replace must be a text");
  } else throw invalid(`The operator ${String(name)} has no settings: give its name`);
}

/**
 * @param mostSteps of matching a text
 * @throws NeriumError REDACT_PATTERN_INVALID
 */
export function expressionOf(
  type: string,
  { source, flags }: { readonly source: string; readonly flags: string },
  mostSteps?: number,
): LinearExpression {
  try {
    return new LinearExpression(source, flags, mostSteps);
  } catch (error) {
    if (error instanceof Unsupported) throw expressionInvalid(type, error.what);
    if (error instanceof SyntaxError) throw expressionInvalid(type, error.message);
    throw error;
  }
}

function requirePattern(type: string, pattern: unknown): { source: string; flags: string } {
  if (pattern instanceof RegExp) return pattern;
  if (typeof pattern === "string") return { source: pattern, flags: "" };
  throw redactOptionInvalid(`patterns.${type}`, `The pattern of ${type} must be a text or a RegExp`);
}
