type Release = () => void | Promise<void>;

/**
 * Resources that must be released: memory, sessions, files. The last one taken is released first. If one
 * cannot be released, the others still are.
 */
export class Owned {
  private readonly releases: Release[] = [];

  /** Takes over a resource and returns it. `verb` names the resource's method that releases it. */
  own<T extends Record<V, Release>, V extends string = "dispose">(thing: T, verb = "dispose" as V): T {
    this.releases.push(() => thing[verb]());
    return thing;
  }

  /** Releases everything, then throws the first error that occurred. A second call does nothing. */
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

  /** Releases everything after an error, then throws that error. Errors of the release are ignored. */
  async releaseAfter(error: unknown): Promise<never> {
    await this.release().catch(() => {});
    throw error;
  }

  /**
   * Makes something from resources that it will release itself later. If making it fails, they are released
   * at once.
   */
  static async making<T>(make: (owned: Owned) => Promise<T> | T): Promise<T> {
    const owned = new Owned();
    try {
      return await make(owned);
    } catch (error) {
      return await owned.releaseAfter(error);
    }
  }

  /** Runs some work and releases its resources at the end, whether it succeeds or fails. */
  static async during<T>(work: (owned: Owned) => Promise<T> | T): Promise<T> {
    return Owned.making(async (owned) => {
      const result = await work(owned);
      await owned.release();
      return result;
    });
  }
}
