type Json = Readonly<Record<string, unknown>>;

/** Interfaces of Prodigy in which the user answers a question about spans that are there. */
const BINARY_VIEWS: readonly unknown[] = ["ner", "spans"];

/**
 * Returns a function that says why a record does not count, for the records of a file in their order. Prodigy
 * stores the answer of the user (`accept`, `reject`, `ignore`). In binary annotations, an answer concerns
 * only the spans that are shown, so the rest of the text is not annotated. If several sessions annotated a
 * text, the first accepted annotation counts.
 *
 * https://prodi.gy/docs/api-interfaces
 *
 * @param isAnswered says if any record of the file has an answer
 */
export function prodigyJudge(isAnswered: () => boolean): (record: Json) => string | undefined {
  const seen = new Set<unknown>();
  return ({ answer, _is_binary, _view_id, _input_hash }) => {
    if (answer === undefined || answer === null) {
      if (isAnswered()) return "without an answer";
    } else if (answer !== "accept") return answer === "reject" ? "rejected" : "ignored";
    if (_is_binary === true || (_is_binary === undefined && BINARY_VIEWS.includes(_view_id)))
      return "with a yes or no to single spans (binary)";
    if (_input_hash === undefined) return undefined;
    if (seen.has(_input_hash)) return "repeated (several annotations of a text, of which the first counts)";
    seen.add(_input_hash);
    return undefined;
  };
}
