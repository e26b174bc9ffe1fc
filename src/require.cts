/**
 * What `require("nerium")` loads if Node cannot `require` ES modules. Newer versions of Node load the package
 * itself.
 */
function refuse(): never {
  throw Object.assign(
    new Error(
      `nerium is an ES module, and require() of ES modules needs Node 20.19, 22.12 or newer (this is ${process.version}). Use await import("nerium"), or update Node.`,
    ),
    { code: "ERR_REQUIRE_ESM" },
  );
}

export = refuse();
