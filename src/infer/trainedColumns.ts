import type { ReadingChoices } from "../data/index.js";
import { isNeriumError } from "../errors.js";

const COLUMNS = ["tokenColumn", "tagColumn", "textKey", "delimiter"] as const;
type Columns = Pick<ReadingChoices, (typeof COLUMNS)[number]>;

/** The errors of files that do not have the columns of the training data. */
const MISSING = new Set([
  ...["DATA_TOKEN_COLUMN_MISSING", "DATA_TAG_COLUMN_MISSING", "DATA_TABLE_COLUMN_MISSING"],
  ...["DATA_COLUMN_KIND", "DATA_KEY_MISSING", "DATA_TEXT_UNCLEAR", "INFER_TAGS_MISSING"],
]);

/**
 * Reads data as a model's training data was read: from the same columns, which the folder of a run records. If the
 * options name any, or if the data does not have them, it is read without.
 *
 * @param read reads the data from columns
 */
export async function asInTraining<T>(
  folder: string,
  options: Columns & { readonly onNote?: (note: string) => void },
  read: (columns: Columns) => Promise<T>,
): Promise<T> {
  const isAsked = COLUMNS.some((name) => options[name] !== undefined);
  const trained = isAsked ? {} : await trainedColumns(folder);
  const names = Object.entries(trained).map(([name, value]) => `option ${name} ${JSON.stringify(value)}`);
  if (names.length === 0) return read({});
  let data: T;
  try {
    data = await read(trained);
  } catch (error) {
    if (!isNeriumError(error) || !MISSING.has(error.code)) throw error;
    options.onNote?.(
      `the data does not have the columns of the training data (${names.join(", ")}), so they are found anew`,
    );
    return read({});
  }
  options.onNote?.(`the data is read from the same columns as in training: ${names.join(", ")}`);
  return data;
}

async function trainedColumns(folder: string): Promise<Columns> {
  const { recordedFields } = await import("../recipe/recorded.js");
  const fields = (await recordedFields(folder)) ?? {};
  return Object.fromEntries(
    COLUMNS.filter((name) => fields[name] !== undefined && fields[name] !== null).map((name) => [
      name,
      fields[name],
    ]),
  );
}
