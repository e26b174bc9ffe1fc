/** Started several times by mpiexec: tries every exchange. The first process prints "well", or what was wrong. */
import { deepStrictEqual } from "node:assert";
import { type Collective, Shares, together } from "../../src/collective/index.js";
import { cLibrary, memoryAt } from "../../src/runtime/foreign.js";
import { cpuEngine } from "../../src/runtime/index.js";

const LENGTH = 4096 + 16;

async function tried(collective: Collective): Promise<void> {
  const { rank, size } = collective;
  const ranks = Array.from({ length: size }, (_, each) => each);
  const engine = cpuEngine();
  const shares = new Shares(LENGTH, size, 1024);
  const filled = (value: (at: number) => number) => {
    const block = engine.block(LENGTH * 4);
    block.copyIn(
      0,
      Float32Array.from({ length: LENGTH }, (_, at) => value(at)),
    );
    return block;
  };
  const total = (value: (rank: number) => number) => ranks.reduce((sum, each) => sum + value(each), 0);

  const figures = Float64Array.of(rank + 0.5, rank * 2);
  await collective.reduce(figures);
  deepStrictEqual([...figures], [total((each) => each + 0.5), total((each) => each * 2)]);

  for (const length of [1, 5, 100_000]) {
    const values = new Float32Array(length).fill(rank + 3);
    await collective.broadcast(values);
    deepStrictEqual(values, new Float32Array(length).fill(3));
  }
  const weights = filled((at) => at + rank);
  await collective.broadcast(weights);
  deepStrictEqual(weights.read()[77], 77);

  deepStrictEqual(await collective.fromFirst({ loss: Number.NaN, rank }), { loss: Number.NaN, rank: 0 });
  const sent = { rank, logits: [new Float32Array(rank * 50).fill(rank)] };
  const all = await collective.toFirst(sent);
  deepStrictEqual(
    all,
    rank === 0
      ? ranks.map((each) => ({ rank: each, logits: [new Float32Array(each * 50).fill(each)] }))
      : undefined,
  );

  const own = engine.block(shares.lengthOf(rank) * 4);
  await collective.reduceScatter(
    filled((at) => at * (rank + 1)),
    shares,
    own,
  );
  for (const { from, to, at } of shares.rangesOf(rank))
    for (let float = from; float < to; float++)
      deepStrictEqual(own.read()[at + float - from], float * total((each) => each + 1));

  const asked: [number, number][] = [];
  const gathered = filled(() => -1);
  for (const { from, to, at } of shares.rangesOf(rank))
    gathered.copyIn(from * 4, own.copyOut(at * 4, to - from));
  await collective.allGather(gathered, shares, async (from, to) => void asked.push([from, to]));
  const expected = Float32Array.from({ length: LENGTH }, (_, at) => at * total((each) => each + 1));
  deepStrictEqual(gathered.copyOut(), expected);
  deepStrictEqual(
    asked,
    shares.pieces.map(({ from, to }) => [from, to]),
  );

  const whole = rank === 0 ? filled(() => -1) : undefined;
  await collective.gather(own, shares, whole);
  if (whole !== undefined) deepStrictEqual(whole.copyOut(), expected);
  const back = engine.block(shares.lengthOf(rank) * 4);
  await collective.scatter(whole, shares, back);
  deepStrictEqual(back.copyOut(), own.copyOut());
}

/** The first bytes of the functions that map memory: libraries for fast networks may replace them while other threads run. */
const memoryCalls = () =>
  ["mmap", "munmap", "mremap", "madvise", "brk", "sbrk"].map((name) =>
    Buffer.from(memoryAt(cLibrary().symbol(name) as bigint, 16)).toString("hex"),
  );

const before = memoryCalls();
let turns = 0;
const counting = setInterval(() => turns++, 1);
const rank = await together(async (collective) => {
  await tried(collective);
  // While the others sleep, the event loop of the first one turns.
  if (collective.rank > 0) await new Promise((wake) => setTimeout(wake, 200));
  turns = 0;
  await collective.reduce(Float64Array.of(0));
  if (collective.rank === 0 && turns < 20) throw new Error(`the event loop turned ${turns} times`);
  return collective.rank;
});
clearInterval(counting);
if (process.platform === "linux") deepStrictEqual(memoryCalls(), before);
if (rank === 0) console.log("well");
