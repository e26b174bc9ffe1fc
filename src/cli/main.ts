#!/usr/bin/env node
// Old versions of Node must be able to read this file, so that it can say which version is needed: no static
// imports, no await outside of functions.
const OLDEST_NODE = 20;
const { node } = process.versions;

if (Number(node.split(".")[0]) < OLDEST_NODE) {
  process.stderr.write(`Nerium needs Node ${OLDEST_NODE} or newer, and this is Node ${node}.\n`);
  process.exitCode = 1;
} else {
  Promise.all([import("./exit.js"), import("./nerium.js")]).then(([{ leave, processIo }, { nerium }]) =>
    nerium(process.argv.slice(2), processIo()).then(leave),
  );
}

export {};
