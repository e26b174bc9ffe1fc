type Release = () => void | Promise<void>;

/**
 * Things that must be given back: memory, sessions, files. What came last goes first, and what can't be given back does not
 * keep the others.
 */
export class Owned {
  private readonly releases: Release[] = [];

  /** Takes a thing over; gives it as it is. `verb` is its own function that gives it back. */
  own<T extends Record<V, Release>, V extends string = "dispose">(thing: T, verb = "dispose" as V): T {
    this.releases.push(() => thing[verb]());
    return thing;
  }

  /** Gives everything back, then throws what the first that failed threw. Twice does nothing. */
  async release(): Promise<void> {
    const errors: unknown[] = [];
    for (const release of this.releases.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Gives everything back after an error, and throws that one. */
  async releaseAfter(error: unknown): Promise<never> {
    await this.release().catch(() => {});
    throw error;
  }

  /** What is made of things that go with it, or, where it can't be made, at once. */
  static async making<T>(make: (owned: Owned) => Promise<T> | T): Promise<T> {
    const owned = new Owned();
    try {
      return await make(owned);
    } catch (error) {
      return await owned.releaseAfter(error);
    }
  }

  /** What comes of some work with things that go at its end. */
  static async during<T>(work: (owned: Owned) => Promise<T> | T): Promise<T> {
    return Owned.making(async (owned) => {
      const result = await work(owned);
      await owned.release();
      return result;
    });
  }
}
