import { isRecord } from "./jsonRecords.js";

type Json = Readonly<Record<string, unknown>>;

/** What a user answered to a question about a record of Argilla. */
export interface Answer {
  readonly value: unknown;
  /** `submitted`, `draft` or `discarded`. Argilla 2 leaves it out of nested records. */
  readonly status: unknown;
}

export const isSpanList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isRecord(item) && "start" in item);

/** Returns the names of the questions that a record has responses to. */
export function questionsOf(record: Json): string[] {
  const { responses } = record;
  if (Array.isArray(responses))
    return responses.flatMap((response: unknown) =>
      isRecord(response) && isRecord(response.values) ? Object.keys(response.values) : [],
    );
  if (isRecord(responses)) return Object.keys(responses);
  return Object.keys(record).flatMap((key) => /^(.+)\.responses$/.exec(key)?.[1] ?? []);
}

/**
 * Returns the answers to a question, in the three ways in which Argilla writes them: by question, by user, or
 * flattened.
 */
export function answersOf(record: Json, question: string): Answer[] {
  const { responses } = record;
  if (Array.isArray(responses))
    return responses.flatMap((response: unknown) => {
      if (!isRecord(response) || !isRecord(response.values)) return [];
      const answer = response.values[question];
      return isRecord(answer)
        ? [{ value: answer.value, status: response.status }]
        : answerless(response.status);
    });
  if (isRecord(responses)) {
    const own = responses[question];
    return Array.isArray(own)
      ? own.filter(isRecord).map(({ value, status }) => ({ value, status: status ?? undefined }))
      : [];
  }
  const [values, statuses] = [record[`${question}.responses`], record[`${question}.responses.status`]];
  if (!Array.isArray(values)) return [];
  return values.map((value, index) => ({
    value,
    status: Array.isArray(statuses) ? (statuses[index] ?? undefined) : undefined,
  }));
}

/** A draft or a discarded response may have no answer. */
const answerless = (status: unknown): Answer[] =>
  status === "draft" || status === "discarded" ? [{ value: undefined, status }] : [];
