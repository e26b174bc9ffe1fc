import { fieldInvalid, fieldTwice, notAMap, unknownField } from "./errors.js";
import { type FieldType, fieldFacts } from "./field.js";
import { cardSchema, recipeSchema } from "./fields.js";
import { foreignArgument } from "./hfArguments.js";
import { shortForm } from "./shortForms.js";
import { ALIASES, camelCase, kebabCase, nearest, snakeCase } from "./spelling.js";

type Path = readonly PropertyKey[];

/** Where a recipe comes from. Decides how its values are read and how errors name their place. */
export type RecipeSource =
  | { readonly kind: "object"; readonly name?: string }
  | { readonly kind: "flags" }
  | { readonly kind: "file"; readonly file: string; readonly lineOf: (path: Path) => number | undefined };

interface Entry {
  readonly value: unknown;
  /** Returns the place of the value, or of the part of it at `rest`. */
  readonly where: (rest?: Path) => string;
}

interface ForeignEntry {
  readonly name: string;
  readonly key: string;
  readonly value: unknown;
  readonly where: string;
}

/** Values by field, under one spelling and not yet checked. Each value knows where it was written. */
export class RawRecipe {
  constructor(
    readonly fields: ReadonlyMap<string, Entry>,
    readonly foreign: readonly ForeignEntry[],
    readonly source: RecipeSource,
  ) {}
}

const FIELDS: ReadonlyMap<string, FieldType> = typesOf(recipeSchema.shape);
const CARD_FIELDS: ReadonlyMap<string, FieldType> = typesOf(cardSchema.shape);

function typesOf(
  shape: Readonly<Record<string, Parameters<typeof fieldFacts.get>[0]>>,
): Map<string, FieldType> {
  return new Map(Object.entries(shape).map(([key, schema]) => [key, fieldFacts.get(schema)!.type]));
}

/** Returns the name of a field in the spelling of the source. */
export function displayName(key: string, source: RecipeSource): string {
  return source.kind === "flags" ? `--${kebabCase(key)}` : source.kind === "file" ? snakeCase(key) : key;
}

/** Returns the place of a path, in the spelling that was used. */
function placeOf(path: Path, source: RecipeSource): string {
  const [first, ...rest] = path.map(String);
  if (source.kind === "flags") return [`--${kebabCase(first ?? "")}`, ...rest].join(".");
  const name = path.map(String).join(".");
  if (source.kind === "object")
    return [source.name, name || undefined].filter((part) => part !== undefined).join(": ");
  const line = source.lineOf(path);
  return [source.file, line, name || undefined].filter((part) => part !== undefined).join(":");
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const WORDS = new Map([
  ["true", true],
  ["yes", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["0", false],
]);

/**
 * Returns the value that a flag's text means. Text that does not fit the type is returned unchanged, for the
 * check to refuse.
 */
function fromFlag(type: FieldType, text: unknown): unknown {
  if (typeof text !== "string") return text;
  if (type === "number" || type === "whole number" || type === "column")
    return NUMBER.test(text) ? Number(text) : text;
  if (type === "true or false") return WORDS.get(text.toLowerCase()) ?? text;
  if (type === "list") return text.split(",").map((part) => part.trim());
  if (type === "map" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (type !== "map" || !text.startsWith("{")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Reads the section `card`, with its keys in camelCase. */
function cardValues(value: unknown, spelled: string, source: RecipeSource): Entry {
  if (!isMap(value)) return { value, where: (rest = []) => placeOf([spelled, ...rest], source) };
  const spelling = new Map<PropertyKey, string>();
  const values: Record<string, unknown> = {};
  for (const [name, own] of Object.entries(value)) {
    if (own === null || own === undefined) continue;
    const key = camelCase(name);
    if (!CARD_FIELDS.has(key)) {
      const meant = nearest(key, [...CARD_FIELDS.keys()]);
      throw unknownField(
        placeOf([spelled, name], source),
        `card.${name}`,
        meant && `card.${snakeCase(meant)}`,
        source.kind,
      );
    }
    spelling.set(key, name);
    values[key] = own;
  }
  return {
    value: values,
    where: ([first, ...rest] = []) =>
      placeOf(first === undefined ? [spelled] : [spelled, spelling.get(first) ?? first, ...rest], source),
  };
}

function entryOf(key: string, spelled: string, value: unknown, source: RecipeSource): Entry {
  if (key === "card") return cardValues(value, spelled, source);
  const read = source.kind === "flags" ? fromFlag(FIELDS.get(key)!, value) : value;
  const where = (rest: Path = []) => placeOf([spelled, ...rest], source);
  if (camelCase(spelled) === "warmupRatio" && !(typeof read === "number" && read >= 0 && read < 1))
    throw fieldInvalid(where(), `warmup_ratio must be below 1, not ${String(read)}`, "warmup_steps");
  // The value is a name or a switch. As a flag, both are text.
  if (key === "pushToHub" && typeof read === "string" && /^(true|false)$/i.test(read))
    return { value: read.toLowerCase() === "true", where };
  // HF logs metrics as eval_f1 and accepts both names.
  if (key === "metricForBestModel" && typeof read === "string")
    return { value: read.replace(/^eval_/, ""), where };
  return { value: read, where };
}

/**
 * Combines two spellings of one field. They must have the same value, except that one of two warm-ups may be
 * 0, because HF's logged arguments contain both.
 */
function agreed(key: string, a: Entry, b: Entry): Entry {
  if (Object.is(a.value, b.value)) return a;
  if (key === "warmupSteps" && a.value === 0) return b;
  if (key === "warmupSteps" && b.value === 0) return a;
  throw fieldTwice(b.where(), snakeCase(key), a.where());
}

function unknown(name: string, source: RecipeSource): never {
  const key = camelCase(name);
  const meant = shortForm(key) ?? nearest(key, [...FIELDS.keys(), ...ALIASES.keys()]);
  throw unknownField(placeOf([name], source), name, meant && displayName(meant, source), source.kind);
}

/**
 * Reads fields in any spelling: `learning_rate`, `learning-rate`, `learningRate`, and HF's and older names.
 * null and undefined values count as not given. Most values are checked later, once files and flags are
 * merged.
 *
 * @throws NeriumError `RECIPE_NOT_A_MAP`, `RECIPE_UNKNOWN_FIELD` with the nearest name, `RECIPE_FIELD_TWICE`,
 *   `RECIPE_FIELD_INVALID` for a wrong `warmup_ratio`
 */
export function rawRecipe(input: unknown, source: RecipeSource): RawRecipe {
  if (!isMap(input)) throw notAMap(placeOf([], source));
  const fields = new Map<string, Entry>();
  const foreign: ForeignEntry[] = [];
  for (const [name, value] of Object.entries(input)) {
    const key = camelCase(name);
    const field = ALIASES.get(key) ?? key;
    const isField = FIELDS.has(field);
    if (!isField && !foreignArgument(key)) unknown(name, source);
    if (value === null || value === undefined) continue;
    if (!isField) {
      foreign.push({ name: snakeCase(key), key, value, where: placeOf([name], source) });
      continue;
    }
    const entry = entryOf(field, name, value, source);
    const before = fields.get(field);
    fields.set(field, before ? agreed(field, before, entry) : entry);
  }
  return new RawRecipe(fields, foreign, source);
}

/** Merges the recipes of a file and of flags: flags override the same fields of the file. */
export function mergeRecipes(file: RawRecipe, flags: RawRecipe): RawRecipe {
  return new RawRecipe(
    new Map([...file.fields, ...flags.fields]),
    [...file.foreign, ...flags.foreign],
    flags.source,
  );
}

/** Returns a recipe without some of its fields. */
export const withoutFields = ({ fields, foreign, source }: RawRecipe, keys: Iterable<string>): RawRecipe => {
  const left = new Set(keys);
  return new RawRecipe(new Map([...fields].filter(([key]) => !left.has(key))), foreign, source);
};
