/** The events of TensorBoard's files as bytes. protoc-gen-es generates `event_pb.ts` from event.proto. */
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { LogEntry } from "../../card/index.js";
import { fixed } from "../../evaluate/fixed.js";
import {
  DataType,
  EventSchema,
  SessionLog_SessionStatus as Status,
  type Summary_ValueSchema,
} from "./event_pb.js";
import { record, recordsIn } from "./records.js";

type What = NonNullable<MessageInitShape<typeof EventSchema>["what"]>;
type Value = MessageInitShape<typeof Summary_ValueSchema>;

const event = (seconds: number, step: number, what: What): Uint8Array =>
  record(toBinary(EventSchema, create(EventSchema, { wallTime: seconds, step: BigInt(step), what })));

/** The first event of every file. */
export const versionEvent = (seconds: number): Uint8Array =>
  event(seconds, 0, { case: "fileVersion", value: "brain.Event:2" });

/** Says that earlier events of this step and later ones do not count: the run began again before it. */
export const restartEvent = (seconds: number, step: number): Uint8Array =>
  event(seconds, step, { case: "sessionLog", value: { status: Status.START } });

const summaryEvent = (seconds: number, step: number, value: Value[]): Uint8Array =>
  event(seconds, step, { case: "summary", value: { value } });

/** Figures of a step by tag. */
export const scalarsEvent = (seconds: number, step: number, scalars: LogEntry): Uint8Array =>
  summaryEvent(
    seconds,
    step,
    Object.entries(scalars).map(([tag, value]) => ({
      tag,
      value: { case: "simpleValue", value: float32(value) },
    })),
  );

/** A text, as torch's `add_text` writes it. */
export const textEvent = (seconds: number, tag: string, text: string): Uint8Array =>
  summaryEvent(seconds, 0, [
    {
      tag: `${tag}/text_summary`,
      metadata: { pluginData: { pluginName: "text" } },
      value: {
        case: "tensor",
        value: {
          dtype: DataType.DT_STRING,
          tensorShape: { dim: [{ size: 1n }] },
          stringVal: [new TextEncoder().encode(text)],
        },
      },
    },
  ]);

/** Digits after the point that reports print, and the size from which float32 does not hold so many. */
const DIGITS = 4;
const LARGE = 10;

/**
 * Returns a number as float32, which is all that TensorBoard's scalars hold. It is the nearest one that prints as
 * the same four digits: a figure near the middle between two of them may need its neighbour.
 */
export function float32(value: number): number {
  const nearest = Math.fround(value);
  if (!(Math.abs(value) < LARGE) || fixed(nearest, DIGITS) === fixed(value, DIGITS)) return nearest;
  const [bits, float] = [new Int32Array(1), new Float32Array(1)];
  float[0] = nearest;
  bits.set(new Int32Array(float.buffer));
  bits[0]! += Math.abs(value) > Math.abs(nearest) ? 1 : -1;
  return new Float32Array(bits.buffer)[0]!;
}

/** Returns for each tag with a scalar in a file its last step that is not after `end`. */
export function lastSteps(file: Uint8Array, end: number): Map<string, number> {
  const last = new Map<string, number>();
  for (const data of recordsIn(file)) {
    const { step, what } = fromBinary(EventSchema, data);
    if (what.case !== "summary" || Number(step) > end) continue;
    for (const { tag, value } of what.value.value)
      if (value.case === "simpleValue") last.set(tag, Math.max(Number(step), last.get(tag) ?? 0));
  }
  return last;
}
