import { expect, test } from "vitest";
import { NativeBuffer } from "../../src/runtime/buffer.js";

const code = (code: string) => expect.objectContaining({ code });

test("a buffer is aligned to 64 bytes and zero", () => {
  for (const length of [0, 1, 63, 64, 65, 4096, 1_000_003]) {
    const buffer = NativeBuffer.allocate(length);
    expect(buffer.byteLength).toBe(length);
    expect(buffer.address % 64n).toBe(0n);
    expect(buffer.bytes().every((byte) => byte === 0)).toBe(true);
    expect(buffer.bytes().length).toBe(length);
    buffer.bytes().fill(255);
    buffer.free();
  }
});

test("views of all types look at one memory", () => {
  const buffer = NativeBuffer.allocate(24);
  buffer.float32(4, 1)[0] = 1;
  expect(buffer.int32()[1]).toBe(0x3f800000);
  expect(buffer.uint16(4, 2)).toEqual(Uint16Array.of(0, 0x3f80));
  expect(buffer.int64(0, 1)[0]).toBe(0x3f80000000000000n);
  expect([...buffer.uint8(6)].slice(0, 2)).toEqual([0x80, 0x3f]);
  expect(buffer.float32(8).length).toBe(4);
  buffer.free();
});

test("a view outside the buffer, or off its alignment, is refused", () => {
  const buffer = NativeBuffer.allocate(16);
  for (const view of [
    () => buffer.float32(2),
    () => buffer.float32(-4),
    () => buffer.float32(20),
    () => buffer.float32(0, 5),
    () => buffer.float32(0, -1),
    () => buffer.float32(0, 0.5),
    () => buffer.float32(Number.NaN),
    () => buffer.int64(4),
    () => buffer.bytes(0, 17),
    () => buffer.bytes(2 ** 53, 1),
  ]) {
    expect(view).toThrow(code("RUNTIME_WINDOW_INVALID"));
  }
  buffer.free();
});

test("a length that is no number of bytes, or more than there is, is refused", () => {
  for (const length of [-1, 0.5, Number.NaN, 2 ** 53]) {
    expect(() => NativeBuffer.allocate(length)).toThrow(code("RUNTIME_WINDOW_INVALID"));
  }
  expect(() => NativeBuffer.allocate(2 ** 52)).toThrow(code("RUNTIME_MEMORY_EXHAUSTED"));
});

test("views of a freed buffer are empty, and no new ones are made", () => {
  const buffer = NativeBuffer.allocate(1 << 20);
  const [floats, bytes] = [buffer.float32(), buffer.bytes(128, 4)];
  floats[0] = 1;
  buffer.free();
  buffer.free();
  expect(floats.length + bytes.length).toBe(0);
  floats[0] = 2;
  expect(floats[0]).toBeUndefined();
  expect(() => buffer.float32()).toThrow(code("RUNTIME_DISPOSED"));
});

test("a buffer of 5 GiB costs memory only where it is touched, and goes back to the system", () => {
  const gibibyte = 2 ** 30;
  const before = process.memoryUsage.rss();
  const buffer = NativeBuffer.allocate(5 * gibibyte);
  const last = buffer.float32(5 * gibibyte - 8, 2);
  last[1] = 3;
  expect(buffer.float32(5 * gibibyte - 4, 1)[0]).toBe(3);
  expect(buffer.float32(4.5 * gibibyte, 1024).every((x) => x === 0)).toBe(true);
  expect(() => buffer.bytes()).toThrow(code("RUNTIME_WINDOW_INVALID"));
  expect(process.memoryUsage.rss() - before).toBeLessThan(0.1 * gibibyte);
  buffer.free();
  expect(last.length).toBe(0);

  const touched = NativeBuffer.allocate(gibibyte / 4);
  touched.bytes().fill(1);
  expect(process.memoryUsage.rss() - before).toBeGreaterThan(0.2 * gibibyte);
  touched.free();
  expect(process.memoryUsage.rss() - before).toBeLessThan(0.1 * gibibyte);
});
