import type { NeriumError } from "../errors.js";
import { nearest } from "../recipe/spelling.js";
import type { TextReader } from "./document.js";
import { countryUnknown, typeUnknown } from "./errors.js";
import type { RedactSettings } from "./options.js";
import { patternTypes, typesOnRequest } from "./recognisers/index.js";
import { nationalTypes } from "./recognisers/national.js";
import { typeNamed, usualTypes } from "./types.js";

/** Codes that are often taken for those of ISO 3166-1. */
const MEANT: Readonly<Record<string, string>> = { UK: "GB", EL: "GR" };

/** @throws NeriumError REDACT_OPTION_INVALID for a country that does not exist */
export async function requireCountries({ countries }: Pick<RedactSettings, "countries">): Promise<void> {
  if (countries.size === 0) return;
  const { isSupportedCountry } = await import("libphonenumber-js/max");
  for (const country of countries)
    if (!isSupportedCountry(country)) throw countryUnknown(country, MEANT[country]);
}

/**
 * Checks the names of types: what a wrong name means would stay unredacted. With a model whose labels are not known,
 * any name may be right.
 *
 * @throws NeriumError REDACT_OPTION_INVALID
 */
export async function requireTypes(settings: RedactSettings, reader: TextReader | undefined): Promise<void> {
  const { only = new Set(), include, exclude, operators, types, terms, expressions } = settings;
  const isNamed = [only, include, exclude].some(({ size }) => size > 0);
  if (!isNamed && Object.keys({ ...operators, ...types }).length === 0) return;
  if (reader !== undefined && reader.labels === undefined) return;
  const ofModel = reader?.labels === undefined ? [] : await entityTypes(reader.labels);
  const renamed = Object.keys(types).find((name) => !ofModel.includes(name));
  if (reader !== undefined && renamed !== undefined)
    throw typeUnknown("types", `The model has no type ${renamed}`, {
      meant: nearest(renamed, ofModel),
      known: ofModel.join(", "),
    });
  const known = new Set([
    ...[...Object.keys(terms), ...expressions.map(({ type }) => type)],
    ...ofModel.map((name) => typeNamed(name, types)),
    ...[...typesOnRequest, ...patternTypes],
  ]);
  const named = {
    ...{ only, include, operators: Object.keys(operators).filter((type) => type !== "DEFAULT") },
    // What this model does not find can be left alone.
    exclude: [...exclude].filter((type) => !usualTypes.includes(type)),
  };
  for (const [option, names] of Object.entries(named))
    for (const type of names) if (!known.has(type)) throw unknown(option, type, known, reader !== undefined);
}

/** The types of a model, with the model's names. */
async function entityTypes(labels: readonly string[]): Promise<readonly string[]> {
  const { requestedTypes } = await import("../infer/options.js");
  return requestedTypes(labels);
}

function unknown(option: string, type: string, known: ReadonlySet<string>, hasModel: boolean): NeriumError {
  const usual = typeNamed(type);
  const missing = hasModel ? `The model does not find ${type}` : `Only a model finds ${type}`;
  const some = [...known].filter((each) => !nationalTypes.includes(each)).join(", ");
  return typeUnknown(option, usualTypes.includes(type) ? missing : `Unknown type ${type}`, {
    meant: known.has(usual) ? usual : nearest(type.toUpperCase(), [...known]),
    known: `${some}, and those of national numbers, such as US_SSN (see docs/redaction.md)`,
  });
}
