import { labelScheme } from "../text/index.js";

/** Tags in the form that entities are read from: class labels get `I-`. */
export function scoredTags(labels: readonly string[]): (tags: readonly string[]) => string[] {
  const { tags: forms } = labelScheme(labels);
  const formOf = new Map(labels.map((label, id) => [label, forms[id]!]));
  return (tags) => tags.map((tag) => formOf.get(tag) ?? tag);
}
