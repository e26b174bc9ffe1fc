import type { AnnotationCheck, AnnotationEstimate, AnnotationStatus } from "../../annotate/index.js";
import { visible } from "../../shown.js";
import { count, counted, duration, memory } from "./figures.js";
import { table } from "./table.js";
import { wrapped } from "./wrapped.js";

/** Shards that are listed by number. */
const LISTED = 20;

/** Formats how far an annotation is. */
export function statusLines(status: AnnotationStatus): string[] {
  const { shards, finished, running, rows, errors, rate, left } = status;
  const percent = rows === 0 ? 100 : Math.floor((100 * status.finished_rows) / rows);
  const facts = [
    ["model", visible(status.model)],
    ["shards", `${count(finished)} of ${count(shards)} finished, ${count(running.length)} running`],
    ["rows", `${count(status.finished_rows)} of ${count(rows)} (${percent}%)`],
    ["errors", count(errors)],
    ...(rate === null ? [] : [["rate", `${count(rate)} rows per second`]]),
    ...(left === null || finished === shards ? [] : [["left", duration(Math.round(left))]]),
  ];
  const lines = table(facts, "", [1]);
  if (status.workers.length > 0)
    lines.push(
      "",
      ...table([
        ["machine", "shards", "rows"],
        ...status.workers.map((each) => [visible(each.host), count(each.shards), count(each.rows)]),
      ]),
    );
  if (running.length > 0)
    lines.push(
      "",
      ...table([
        ["running", "rows", "machine", "process", "last sign of life"],
        ...running
          .slice(0, LISTED)
          .map(({ shard, done, rows: all, host, pid, silent }) => [
            `shard ${shard}`,
            `${count(done)} of ${count(all)}`,
            visible(host),
            String(pid),
            `${count(silent)} s ago`,
          ]),
      ]),
    );
  if (status.failed.length > 0)
    lines.push(
      "",
      ...table([
        ["with errors", "rows"],
        ...status.failed.slice(0, LISTED).map((each) => [`shard ${each.shard}`, count(each.errors)]),
      ]),
    );
  return lines;
}

/** Formats the result of a check. Problems are the message of an error. */
export const checkLines = ({ shards, rows, errors, problems }: AnnotationCheck): string[] =>
  table(
    [
      ["shards", `${count(shards)}, ${counted(problems.length, "problem")}`],
      ["rows", `${count(rows)} are in the output once, in order`],
      ["errors", count(errors)],
    ],
    "",
    [1],
  );

/** Formats how long an annotation takes. */
export function estimateLines(
  { inputs, bytes, rows, shards, sample, rate, machines }: AnnotationEstimate,
  width: number,
): string[] {
  const measured = `${counted(sample.rows, "row")} from all over the files took ${duration(sample.seconds)} here: ${count(rate)} rows per second.`;
  return [
    ...table(
      [
        ["files", `${count(inputs)}, ${memory(bytes)}`],
        ["rows", count(rows)],
        ["shards", count(shards)],
      ],
      "",
      [1],
    ),
    "",
    wrapped(measured, width),
    "",
    ...table([
      ["machines like this one", "time"],
      ...machines.map((each) => [count(each.machines), duration(Math.round(each.seconds))]),
    ]),
  ];
}
