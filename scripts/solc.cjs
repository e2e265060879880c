// The part of native solc's command line that py-solc-x, forge and halmos use, around the npm package's compiler:
// --version, and --standard-json from standard input with --base-path, --include-path, --allow-paths and remappings.
// The package's own solcjs prints a line of its own before the JSON and loses the end of long output on pipes.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const solc = require("solc");

function parse(argv) {
  const options = { base: process.cwd(), include: [], allow: [], remappings: [], mode: null };
  const rest = [...argv];
  while (rest.length > 0) {
    const [name, inline] = rest.shift().split(/=(.*)/s);
    const value = () => inline ?? rest.shift();
    if (name === "--version" || name === "--standard-json") options.mode = name;
    else if (name === "--base-path") options.base = path.resolve(value());
    else if (name === "--include-path") options.include.push(path.resolve(value()));
    else if (name === "--allow-paths") options.allow.push(...value().split(",").filter(Boolean).map((p) => path.resolve(p)));
    else if (!name.startsWith("-") && inline !== undefined) options.remappings.push(`${name}=${inline}`);
    else if (name !== "-") throw new Error(`unknown option ${name}`);
  }
  return options;
}

function reader({ base, include, allow }) {
  const roots = [base, ...include];
  const inside = (file) => [...roots, ...allow].some((root) => !path.relative(root, file).startsWith(".."));
  return (name) => {
    const found = roots.map((root) => path.resolve(root, name)).filter((file) => inside(file) && fs.existsSync(file));
    if (found.length === 0) return { error: `File not found inside the allowed directories: ${name}` };
    return { contents: fs.readFileSync(found[0], "utf8") };
  };
}

function compile(options) {
  const input = JSON.parse(fs.readFileSync(0, "utf8"));
  if (options.remappings.length > 0) {
    input.settings = { ...input.settings, remappings: [...(input.settings?.remappings ?? []), ...options.remappings] };
  }
  return solc.compile(JSON.stringify(input), { import: reader(options) });
}

try {
  const options = parse(process.argv.slice(2));
  const version = solc.version().replace(/\.Emscripten\.clang$/, ".Linux.g++");
  if (options.mode === "--version") {
    fs.writeSync(1, `solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
  } else if (options.mode === "--standard-json") {
    const output = Buffer.from(compile(options));
    for (let at = 0; at < output.length; ) at += write(output.subarray(at));
  } else {
    throw new Error("only --version and --standard-json are supported");
  }
} catch (error) {
  fs.writeSync(2, `solc: ${error.message}\n`);
  process.exitCode = 1;
}

function write(bytes) {
  try {
    return fs.writeSync(1, bytes);
  } catch (error) {
    if (error.code === "EAGAIN") return 0; // a full pipe
    throw error;
  }
}
