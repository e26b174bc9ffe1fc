/** Keccak-256, as Ethereum uses it: SHA-3 before its padding changed. https://keccak.team/keccak_specs_summary.html */

const MASK = (1n << 64n) - 1n;
const RATE = 136;
const ROUNDS = 24;

const rotated = (lane: bigint, by: number): bigint =>
  ((lane << BigInt(by)) | (lane >> BigInt(64 - by))) & MASK;

/** The constants of the rounds come from a shift register. */
const CONSTANTS = (() => {
  let register = 1;
  const bit = () => {
    const out = register & 1;
    register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1;
    return out;
  };
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n;
    for (let power = 0; power < 7; power++) if (bit()) constant |= 1n << BigInt(2 ** power - 1);
    return constant;
  });
})();

/** How far each lane turns, and where it goes. */
const STEPS = (() => {
  const steps: { readonly to: number; readonly by: number }[] = [];
  for (let step = 0, x = 1, y = 0; step < ROUNDS; step++) {
    [x, y] = [y, (2 * x + 3 * y) % 5];
    steps.push({ to: x + 5 * y, by: (((step + 1) * (step + 2)) / 2) % 64 });
  }
  return steps;
})();

function permute(lanes: bigint[]): void {
  for (const constant of CONSTANTS) {
    const columns = [0, 1, 2, 3, 4].map(
      (x) => lanes[x]! ^ lanes[x + 5]! ^ lanes[x + 10]! ^ lanes[x + 15]! ^ lanes[x + 20]!,
    );
    for (let at = 0; at < 25; at++)
      lanes[at] = lanes[at]! ^ columns[((at % 5) + 4) % 5]! ^ rotated(columns[((at % 5) + 1) % 5]!, 1);
    let moving = lanes[1]!;
    for (const { to, by } of STEPS) [lanes[to], moving] = [rotated(moving, by), lanes[to]!];
    for (let row = 0; row < 25; row += 5) {
      const old = lanes.slice(row, row + 5);
      for (let x = 0; x < 5; x++) lanes[row + x] = old[x]! ^ (~old[(x + 1) % 5]! & MASK & old[(x + 2) % 5]!);
    }
    lanes[0] = lanes[0]! ^ constant;
  }
}

/** Returns the hash of a short text of ASCII, in hexadecimal digits. */
export function keccak256(text: string): string {
  const block = new Uint8Array(RATE);
  block.set(new TextEncoder().encode(text).subarray(0, RATE - 1));
  block[text.length] = 1;
  block[RATE - 1] = block[RATE - 1]! | 0x80;
  const lanes = new Array<bigint>(25).fill(0n);
  const view = new DataView(block.buffer);
  for (let lane = 0; lane < RATE / 8; lane++) lanes[lane] = view.getBigUint64(8 * lane, true);
  permute(lanes);
  const hash = new DataView(new ArrayBuffer(32));
  for (let lane = 0; lane < 4; lane++) hash.setBigUint64(8 * lane, lanes[lane]!, true);
  return Buffer.from(hash.buffer).toString("hex");
}
