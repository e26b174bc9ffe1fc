import { takesSeveral } from "../recipe/hfArguments.js";
import type { RecipeField } from "../recipe/index.js";
import { camelCase } from "../recipe/spelling.js";
import { badUsage } from "./errors.js";

/**
 * The recipe fields among the arguments of a command, by the name that was typed, and all other arguments.
 */
export interface RecipeFlags {
  readonly values: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
}

/** The facts about a field that the command line needs. */
type FlagField = Pick<RecipeField, "key" | "aliases" | "type">;

/**
 * Takes recipe fields out of the arguments: `--learning-rate 2e-5`, `--learning_rate=2e-5`,
 * `--load_best_model_at_end`, and `--no-…` for false. Lists can have commas or spaces: `--labels O B-PER`.
 * The command's own flags, `own`, are left in. Every other flag is treated as a recipe field, so that the
 * recipe's check can report it.
 *
 * @throws NeriumError CLI_USAGE if a value is missing or a flag is given twice
 */
export function recipeFlags(
  args: readonly string[],
  fields: readonly FlagField[],
  { own, command }: { readonly own: ReadonlySet<string>; readonly command: string },
): RecipeFlags {
  const known = new Map(
    fields.flatMap((field) => [field.key, ...field.aliases].map((name) => [camelCase(name), field])),
  );
  const refuse = (what: string): never => {
    throw badUsage({ what, hint: undefined, command });
  };
  const values: Record<string, string> = {};
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") {
      rest.push(...args.slice(at));
      break;
    }
    const [, typed, given] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (typed === undefined || own.has(typed)) {
      rest.push(arg);
      continue;
    }
    const negated = known.get(camelCase(typed.replace(/^no[-_]/, "")));
    const field = known.get(camelCase(typed));
    const isNegation = field === undefined && negated?.type === "true or false";
    const name = isNegation ? typed.replace(/^no[-_]/, "") : typed;
    if (name in values) refuse(`--${name} is given twice`);
    const next = args[at + 1];
    if (isNegation) values[name] = "false";
    else if (given !== undefined) values[name] = given;
    else if (field !== undefined && field.type !== "true or false") {
      if (next === undefined || next.startsWith("--")) refuse(`--${name} needs a value`);
      else values[name] = next;
      at++;
    } else if (next !== undefined && (field === undefined ? isValue(next) : isTruth(next))) {
      values[name] = next;
      at++;
    } else {
      values[name] = "true";
      continue;
    }
    const isList = field === undefined ? takesSeveral(camelCase(typed)) : field.type === "list";
    while (isList && given === undefined && args[at + 1] !== undefined && isValue(args[at + 1]!))
      values[name] += `,${args[++at]}`;
  }
  return { values, rest };
}

const isTruth = (text: string): boolean => /^(true|false|yes|no|1|0)$/i.test(text);

/**
 * Returns true if the argument after an unknown flag or a list is a value of it: it is neither a flag nor a
 * recipe file.
 */
const isValue = (text: string): boolean => !/^--?[a-z]/i.test(text) && !/\.ya?ml$/i.test(text);
