import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { Watch } from "../../src/collective/watch.js";
import { NeriumError } from "../../src/errors.js";
import { machines } from "./machines.js";

/** Connects several processes that are simulated in this one. Each notes when it learns of a failure. */
async function watches(size: number) {
  const failed = Array.from({ length: size }, () => {
    let notice = () => {};
    const noticed = new Promise<void>((resolve) => {
      notice = resolve;
    });
    return { notice, noticed };
  });
  const all = await Promise.all(machines(size).map((each, rank) => Watch.start(each, failed[rank]!.notice)));
  return { all, failed: failed.map(({ noticed }) => noticed) };
}

test("every process is connected with the first one", async () => {
  const { all } = await watches(3);
  expect(all.map(({ watched }) => watched)).toEqual([2, 1, 1]);
  expect(all.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
});

test("the first process tells the error of another one, and ends the others", async () => {
  const { all, failed } = await watches(3);
  all[2]!.tell(new NeriumError("DATA_FILE_MISSING", "The file does not exist", { where: "train.conll" }));
  await Promise.all([failed[0], failed[1]]);
  expect(all[0]!.failure).toMatchObject({
    code: "COLLECTIVE_PROCESS_FAILED",
    message: expect.stringMatching(
      /^Process 2 \(.*\) failed: The file does not exist \[DATA_FILE_MISSING\]$/,
    ),
    where: "train.conll",
  });
  expect(all[1]!.failure).toMatchObject({ code: "COLLECTIVE_ENDED" });
});

test("a bug in another process is told too", async () => {
  const { all, failed } = await watches(2);
  all[1]!.tell(new TypeError("x is not a function"));
  await failed[0];
  expect(all[0]!.failure!.message).toMatch(/^Process 1 \(.*\) failed: x is not a function$/);
});

/** Starts the watch of two processes. Between them, a stranger connects to the port of the first one. */
async function withStranger<T>(meet: (port: number) => Promise<T>) {
  const [first, second] = machines(2);
  let found = (_: number) => {};
  const port = new Promise<number>((resolve) => {
    found = resolve;
  });
  const fromFirst = <T>(value: T): Promise<T> => {
    if (typeof value === "object" && value !== null && "port" in value) found(value.port as number);
    return first!.fromFirst(value);
  };
  const failures: number[] = [];
  const started = Watch.start({ ...first!, fromFirst }, () => failures.push(0));
  const met = await meet(await port);
  const other = await Watch.start(second!, () => failures.push(1));
  return { all: [await started, other], failures, met };
}

async function stranger(port: number, says = "") {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}).resume();
  await once(socket, "connect");
  socket.write(says);
  return { closed: new Promise((closed) => socket.on("close", closed)) };
}

const token = (text: string) => `${JSON.stringify({ type: "hello", token: text, name: "x" })}\n`;

test.each([
  ["a token of many bytes", token("é".repeat(32))],
  ["a wrong token", token("0".repeat(32))],
  ["no token", '{"type":"hello"}\n'],
  ["a token that is a number", '{"type":"hello","token":5}\n'],
  ["null", "null\n"],
  ["another message", '{"type":"failed"}\n'],
  ["no JSON", "GET / HTTP/1.1\r\n\r\n"],
  ["a line without end", "a".repeat(2 ** 20)],
  ["nothing", ""],
])("a stranger who says %s is dropped, and changes nothing", async (_, says) => {
  const { all, failures } = await withStranger(async (port) => (await stranger(port, says)).closed);
  expect(all.map(({ watched }) => watched)).toEqual([1, 1]);
  expect(failures).toEqual([]);
});

test("a stranger who waits is dropped when the processes have met", async () => {
  const { all, failures, met } = await withStranger((port) => stranger(port));
  await met.closed;
  expect(all.map(({ watched }) => watched)).toEqual([1, 1]);
  expect(failures).toEqual([]);
});
