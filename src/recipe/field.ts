import { z } from "zod";

/** How a value is written as a flag, and how a table of options describes it. */
export type FieldType =
  | "text"
  | "path"
  | "number"
  | "whole number"
  | "true or false"
  | "choice"
  | "list"
  | "map"
  | "column"
  | "section";

export type FieldGroup =
  | "Model and data"
  | "Words and windows"
  | "Optimisation"
  | "Evaluation"
  | "Saving"
  | "Card";

interface Facts {
  readonly group: FieldGroup;
  readonly type: FieldType;
  readonly description: string;
  readonly choices?: readonly string[];
}

/** Facts about each field for {@link recipeFields} and error messages, registered with its schema. */
export const fieldFacts = z.registry<Facts>();

/**
 * Returns functions that make the fields of one group. A schema's error text says what the value should be:
 * "… must be TEXT". Defaults are set in the schema only.
 */
export function fieldsOf(group: FieldGroup) {
  const facts = <S extends z.ZodType>(
    schema: S,
    type: FieldType,
    description: string,
    choices?: readonly string[],
  ): S => {
    fieldFacts.add(schema, { group, type, description, ...(choices && { choices }) });
    return schema;
  };
  return {
    facts,
    text: (description: string) => facts(text().optional(), "text", description),
    path: (description: string) => facts(text().optional(), "path", description),
    needed: (type: "text" | "path", description: string) => facts(text(), type, description),
    optionalWhole: (least: number, description: string, most?: number) =>
      facts(
        (most === undefined ? whole(least) : wholeTo(least, most)).optional(),
        "whole number",
        description,
      ),
    whole: (least: number, standard: number, description: string) =>
      facts(whole(least).default(standard), "whole number", description),
    number: (range: Range, standard: number, description: string) =>
      facts(within(range).default(standard), "number", description),
    optionalNumber: (range: Range, description: string) =>
      facts(within(range).optional(), "number", description),
    flag: (description: string) => facts(yesOrNo().default(false), "true or false", description),
    optionalFlag: (description: string) => facts(yesOrNo().optional(), "true or false", description),
    choice: <const T extends readonly [string, ...string[]]>(
      choices: T,
      standard: NoInfer<T[number]>,
      description: string,
    ) => facts(oneOf(choices).default(standard as never), "choice", description, choices),
    optionalChoice: <const T extends readonly [string, ...string[]]>(choices: T, description: string) =>
      facts(oneOf(choices).optional(), "choice", description, choices),
    list: (description: string) =>
      facts(z.array(text(), { error: "a list" }).optional(), "list", description),
  };
}

/** A range of numbers, with its limits in words. */
export interface Range {
  readonly words: string;
  holds(value: number): boolean;
}

export const POSITIVE: Range = { words: "a number above 0", holds: (value) => value > 0 };
export const NOT_NEGATIVE: Range = { words: "a number of at least 0", holds: (value) => value >= 0 };
export const BELOW_ONE: Range = {
  words: "a number of at least 0 and below 1",
  holds: (value) => value >= 0 && value < 1,
};

/**
 * Every schema has its own error text, inner ones too: a union reports the text of the branch that fits best.
 */
export function text(error = "a text, not empty") {
  return z.string({ error }).min(1, { error });
}

export function within({ words, holds }: Range) {
  return z.number({ error: words }).refine(holds, { error: words });
}

export function whole(least: number, error = `a whole number of at least ${least}`) {
  return z.number({ error }).refine((value) => Number.isSafeInteger(value) && value >= least, { error });
}

function wholeTo(least: number, most: number) {
  const error = `a whole number from ${least} to ${most}`;
  return whole(least, error).refine((value) => value <= most, { error });
}

const yesOrNo = () => z.boolean({ error: "true or false" });

function oneOf<const T extends readonly [string, ...string[]]>(choices: T) {
  return z.enum(choices, { error: `one of ${choices.join(", ")}` });
}
