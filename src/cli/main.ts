#!/usr/bin/env node
import { leave, processIo } from "./exit.js";
import { nerium } from "./nerium.js";

leave(await nerium(process.argv.slice(2), processIo()));
