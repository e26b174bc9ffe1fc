import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { codePointCounter } from "../../spans/offsets.js";
import type { TextsFormat } from "../format.js";
import { isRecord, type JsonRecord, jsonRecords } from "./jsonRecords.js";
import { spansOf } from "./textRecord.js";
import { candidateOf, type TextRecord, textsOf } from "./textRecords.js";

type Json = Readonly<Record<string, unknown>>;

const REMEDY =
  'Give each text as {"source": "…", "NAME": {"annotations": {"entities": […]}}, "NAME-metadata": {…}}, as Ground Truth does.';

/**
 * The output manifest of Amazon SageMaker Ground Truth, which Amazon Comprehend trains on. The text is in
 * `source`, and each labelling job adds a key with `annotations.entities` and one with its metadata. Of several
 * jobs, the latest counts. Records that failed or that no human annotated are left out. Offsets count code
 * points.
 *
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
 */
export const groundTruth: TextsFormat = {
  name: "ground-truth",
  title: "Amazon SageMaker Ground Truth manifest",
  extensions: [".manifest", ".jsonl", ".json"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ extension, keys, first }) =>
    "[{".includes(first) &&
    (keys.has("source") || keys.has("source-ref")) &&
    (extension === ".manifest" || [...keys].some((key) => key.endsWith("-metadata"))),
  read: ({ lines, file }, options, leftOut) =>
    textsOf(file, options, leftOut, {
      textKeys: ["source"],
      usual: "code-points",
      remedy: REMEDY,
      records: (counts) => recordsOf(lines, file, counts),
    }),
  *write(documents) {
    for (const { text, spans } of documents) {
      const place = codePointCounter(text);
      const entities = spans.map(({ type, start, end }) => ({
        startOffset: place(start),
        endOffset: place(end),
        label: type,
      }));
      const labels = [...new Set(spans.map(({ type }) => type))].map((label) => ({ label }));
      const record = {
        source: text,
        entities: { annotations: { entities, labels } },
        "entities-metadata": { type: "groundtruth/text-span", "human-annotated": "yes" },
      };
      yield { content: `${JSON.stringify(record)}\n` };
    }
  },
};

function* recordsOf(
  lines: Iterable<Line>,
  file: string,
  leftOut: LeftOut | undefined,
): Generator<TextRecord> {
  for (const record of jsonRecords(lines, file, REMEDY)) {
    const { value, line } = record;
    if (value.source === undefined && value["source-ref"] !== undefined)
      throw jsonShape(
        file,
        line,
        "The text is not in the manifest, but in the file that source-ref names",
        "Put the text itself under the key source.",
      );
    const jobs = jobsOf(record);
    const [latest, ...others] = jobs.filter(({ reason }) => reason === undefined);
    if (latest === undefined) leftOut?.record(jobs[0]?.reason ?? "without annotation");
    else {
      leftOut?.part(
        "further annotation of a record (the latest counts)",
        others.length,
        "further annotations of records (the latest counts)",
      );
      const spans = spansOf(latest.entities, latest.name, file, line, { remedy: REMEDY });
      yield candidateOf(
        record,
        spans,
        jobs.flatMap(({ name }) => [name, `${name}-metadata`]),
      );
    }
  }
}

interface Job {
  readonly name: string;
  readonly entities: unknown;
  readonly created: string;
  /** Why the job does not count for a record. */
  readonly reason: string | undefined;
}

/** Returns the labelling jobs of a record, the latest first. */
function jobsOf({ value }: JsonRecord): Job[] {
  const jobs = Object.entries(value).flatMap(([key, job]): Job[] => {
    const metadata = value[`${key}-metadata`];
    const about: Json = isRecord(metadata) ? metadata : {};
    const created = about["creation-date"];
    const failure = about["failure-reason"] !== undefined ? "failed" : undefined;
    const annotations = isRecord(job) ? job.annotations : undefined;
    const entities = isRecord(annotations) ? annotations.entities : undefined;
    if (entities === undefined && failure === undefined) return [];
    const reason = failure ?? (about["human-annotated"] === "no" ? "labelled by a machine" : undefined);
    return [{ name: key, entities, created: typeof created === "string" ? created : "", reason }];
  });
  return jobs.reverse().sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
}
