/** The server answers others while it reads a long text. */
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { closeServers, ready } from "./testServer.js";

closeServers();

/** Milliseconds that a request takes, and the longest time in which the process answered nothing else. */
async function longestPause(request: () => Promise<unknown>) {
  const begin = performance.now();
  let isDone = false;
  const answered = request().finally(() => {
    isDone = true;
  });
  let longest = 0;
  for (let last = begin; !isDone; ) {
    await setImmediate();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  await answered;
  return { longest, total: performance.now() - begin };
}

it.each([
  ["a text", { text: "Anna Wolff lives in Berlin, and 東京 is far. ".repeat(2200).slice(0, 100_000) }],
  ["many words", { words: Array.from({ length: 16_000 }, (_, index) => `Anna${index % 90}`) }],
])("answers probes while it reads %s of the greatest length", async (_, body) => {
  const server = await ready({ deadline: 1000 });
  const bytes = JSON.stringify(body);
  // The machine has other things to do, too, so the best of some.
  let share = 1;
  for (let times = 0; times < 5 && share > 0.1; times++) {
    const { longest, total } = await longestPause(async () => {
      const response = await server.post("/v1/entities", bytes);
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    });
    share = Math.min(share, longest / total);
  }
  expect(share).toBeLessThan(0.1);
});
