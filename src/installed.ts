import module from "node:module";
import { dirname } from "node:path";
import { bundledAsCommonJs } from "./errors.js";

/**
 * Returns `require` for packages with native code and for files of packages. Bundlers do not follow it, so these
 * packages stay outside of a bundle and are found at run time, in `node_modules` above the running file.
 *
 * webpack replaces `createRequire` if it is imported by name.
 */
export function runtimeRequire(): NodeJS.Require {
  const url: string | undefined = import.meta.url;
  if (url === undefined) throw bundledAsCommonJs();
  return module.createRequire(url);
}

/** Returns the folder of an installed package, or `undefined` if it is not installed. */
export function installedFolder(name: string): string | undefined {
  const { resolve } = runtimeRequire();
  try {
    return dirname(resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
