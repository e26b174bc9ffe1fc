// Writes THIRD-PARTY-NOTICES: the licenses of the software that the package contains. Dependencies are not in it,
// since npm installs them with their own licenses.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const onnxruntime = join(import.meta.dirname, "onnxruntime");
const read = (name) => readFileSync(join(onnxruntime, name), "utf8").trim();
const { dependencies } = JSON.parse(read("package.json"));
const line = "=".repeat(80);

/** The parts, each with what it is, where it is in the package, and its license. */
const parts = [
  [
    "ONNX (https://github.com/onnx/onnx)",
    "dist/graph/onnx/onnx_pb.js is generated from its onnx.proto.",
    "Copyright (c) ONNX Project Contributors. Apache License 2.0; the file LICENSE has its text.",
  ],
  [
    "SentencePiece (https://github.com/google/sentencepiece)",
    "dist/tokenize/sentencepiece/sentencepiece_model_pb.js is generated from its sentencepiece_model.proto.",
    "Copyright 2018 Google Inc. Apache License 2.0; the file LICENSE has its text.",
  ],
  [
    "uPlot (https://github.com/leeoniya/uPlot)",
    "dist/dashboard-page contains it.",
    readFileSync(join(root, "node_modules", "uplot", "LICENSE"), "utf8").trim(),
  ],
  [
    `ONNX Runtime ${dependencies["onnxruntime-node"]} (https://github.com/microsoft/onnxruntime)`,
    "dist/native contains its libraries.",
    `${read("LICENSE")}\n\nNotices of ONNX Runtime:\n\n${read("ThirdPartyNotices.txt")}`,
  ],
];

const head = "Nerium is licensed under the Apache License 2.0. It contains the software below.";
const texts = parts.map(([name, where, license]) => `${line}\n${name}\n${where}\n\n${license}\n`);
writeFileSync(join(root, "THIRD-PARTY-NOTICES"), `${head}\n\n${texts.join("\n")}`);
