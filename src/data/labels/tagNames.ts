import { NO_TAG } from "../../text/sentence.js";
import { jsonShape, labelNamesMissing, labelNumber } from "../errors.js";

/**
 * Returns the tags of a record. Integer tags are replaced by their names, and −100 by
 * `NO_TAG`.
 *
 * @throws NeriumError DATA_JSON_SHAPE, DATA_LABEL_NAMES_MISSING, DATA_LABEL_NUMBER
 */
export function tagNames(
  tags: unknown,
  key: string,
  labels: readonly string[] | undefined,
  file: string,
  line: number,
): string[] {
  if (!Array.isArray(tags)) throw jsonShape(file, line, `${key} is not an array`);
  return tags.map((tag: unknown, index) => {
    if (typeof tag === "string" && tag !== "") return tag;
    const number = typeof tag === "bigint" ? Number(tag) : tag;
    if (typeof number !== "number" || !Number.isInteger(number))
      throw jsonShape(file, line, `${key}[${index}] is neither a tag nor a label number`);
    if (number === Number(NO_TAG)) return NO_TAG;
    if (labels === undefined) throw labelNamesMissing(file, line, number);
    const name = labels[number];
    if (name === undefined) throw labelNumber(file, line, number, labels.length);
    return name;
  });
}
