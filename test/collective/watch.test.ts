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
