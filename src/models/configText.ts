import { familyOf } from "./families/index.js";

/**
 * Returns the text of a config.json. Values of keys that are real numbers have a decimal point, even whole ones such as 2.0:
 * transformers refuses 2 there. JavaScript does not keep the difference.
 */
export function configText(config: Readonly<Record<string, unknown>>): string {
  let text = `${JSON.stringify(config, null, 2)}\n`;
  // Only keys at the top level follow two spaces at the start of a line.
  for (const key of realKeys(config))
    text = text.replace(new RegExp(`^(  ${JSON.stringify(key)}: -?\\d+)(,?)$`, "m"), "$1.0$2");
  return text;
}

/** The keys with whole numbers for which the schema of the family allows others. */
function realKeys(config: Readonly<Record<string, unknown>>): string[] {
  const schema = familyOf(String(config.model_type))?.schema;
  const numbers = Object.entries(config).filter((entry): entry is [string, number] =>
    Number.isSafeInteger(entry[1]),
  );
  const sizes = { model_type: config.model_type, ...Object.fromEntries(numbers) };
  const allows = (key: string, value: unknown) => schema?.safeParse({ ...sizes, [key]: value }).success;
  return numbers
    .filter(([key, value]) => allows(key, value + 0.5) || allows(key, value - 0.5))
    .map(([key]) => key)
    .filter((key) => !allows(key, "")); // A key that the schema does not have may be anything.
}
