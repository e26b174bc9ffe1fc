import { describe, expect, test } from "vitest";
import { Owned } from "../src/owned.js";

/** Things that record the order of their disposal. Those in `failing` throw. */
function things(gone: string[], failing: readonly string[] = []) {
  return (name: string) => ({
    async dispose() {
      gone.push(name);
      if (failing.includes(name)) throw new Error(`${name} stays`);
    },
  });
}

describe("things that are owned", () => {
  test("go in reverse, once, also where some of them can't; the first failure is thrown", async () => {
    const gone: string[] = [];
    const thing = things(gone, ["a", "c"]);
    const owned = new Owned();
    for (const name of ["a", "b", "c"]) owned.own(thing(name));
    owned.own({ free: () => void gone.push("memory") }, "free");
    await expect(owned.release()).rejects.toThrow("c stays");
    expect(gone).toEqual(["memory", "c", "b", "a"]);
    await owned.release();
    expect(gone).toHaveLength(4);
  });

  test("stay with what is made of them, and go where it can't be made: its own error is thrown", async () => {
    const gone: string[] = [];
    const thing = things(gone, ["a"]);
    expect(await Owned.making((owned) => owned.own(thing("kept")) && "made")).toBe("made");
    expect(gone).toEqual([]);
    const making = Owned.making((owned) => {
      owned.own(thing("a"));
      throw new Error("not made");
    });
    await expect(making).rejects.toThrow("not made");
    expect(gone).toEqual(["a"]);
  });

  test("go at the end of the work that needs them; what can't go then is told", async () => {
    const gone: string[] = [];
    const thing = things(gone, ["b"]);
    expect(await Owned.during((owned) => owned.own(thing("a")) && "done")).toBe("done");
    await expect(Owned.during((owned) => owned.own(thing("b")))).rejects.toThrow("b stays");
    expect(gone).toEqual(["a", "b"]);
  });
});
