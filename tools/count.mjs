// Adds up what the test runners say, and ends with a line of its own: "N passed, N failed".
// node tools/count.mjs <folder of results> [suite that exited with an error…]
// A summary that is missing or that nobody can read is a failure, and so is a run of no tests: the last line never says
// "0 failed" when something was wrong.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...brokenSuites] = process.argv.slice(2);
const read = (file) => readFileSync(join(folder, file), 'utf8').replace(/\x1b\[[0-9;]*m/g, '');
const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

// cargo's own runner: one "test result: ok. 3 passed; 0 failed; …" for each test program.
function cargoTest(text) {
  const lines = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)];
  if (lines.length === 0) return null;
  return { passed: sum(lines.map((l) => Number(l[1]))), failed: sum(lines.map((l) => Number(l[2]))) };
}

// nextest: "Summary [ 1.2s] 40 tests run: 38 passed (1 slow), 1 failed, 1 timed out, 2 skipped", once.
function nextest(text) {
  const line = text.match(/^\s*Summary \[.*?\]\s+(\d+)(?:\/\d+)? tests? run: (.*)$/m);
  if (!line) return null;
  const ran = Number(line[1]);
  const passed = Number(line[2].match(/(\d+) passed/)?.[1] ?? NaN);
  return Number.isNaN(passed) || passed > ran ? null : { passed, failed: ran - passed };
}

// Playwright's JSON report. A flaky test failed once, and that is a failure here.
function playwright(text) {
  const { expected, unexpected, flaky } = JSON.parse(text).stats ?? {};
  if (![expected, unexpected, flaky].every(Number.isInteger)) return null;
  return { passed: expected, failed: unexpected + flaky };
}

// Node's own runner, by its spec reporter: "ℹ pass 12", "ℹ fail 0" and so on, once each.
function nodeTest(text) {
  const numbers = ['tests', 'pass'].map((what) => text.match(new RegExp(`^ℹ ${what} (\\d+)$`, 'm'))?.[1]);
  if (numbers.includes(undefined)) return null;
  const [ran, passed] = numbers.map(Number);
  return passed > ran ? null : { passed, failed: ran - passed };
}

// Schemathesis, by tools/fuzz/answers.py: "12 calls passed, 0 failed", once. Each call of the API counts as one test.
function calls(text) {
  const line = text.match(/^(\d+) calls passed, (\d+) failed$/m);
  return line && { passed: Number(line[1]), failed: Number(line[2]) };
}

const suites = [
  { name: 'Rust', file: 'rust.log', parse: (text) => nextest(text) ?? cargoTest(text), mayBeEmpty: false },
  { name: 'documentation', file: 'doc.log', parse: cargoTest, mayBeEmpty: true },
  { name: 'browser', file: 'browser.json', parse: playwright, mayBeEmpty: false },
  { name: 'interop', file: 'interop.log', parse: nodeTest, mayBeEmpty: false },
  { name: 'fuzz', file: 'fuzz.log', parse: calls, mayBeEmpty: false },
];

const problems = brokenSuites.map((name) => `the suite "${name}" ended with an error`);
const counts = suites.map(({ name, file, parse, mayBeEmpty }) => {
  let count = null;
  try {
    count = parse(read(file));
  } catch (error) {
    problems.push(`${name} tests: ${error.message}`);
  }
  if (count) {
    console.log(`${name.padStart(13)}: ${count.passed} passed, ${count.failed} failed`);
    if (!mayBeEmpty && count.passed + count.failed === 0) problems.push(`${name} tests: none ran`);
  } else {
    problems.push(`${name} tests: no count in ${file}`);
  }
  return count ?? { passed: 0, failed: 0 };
});

const passed = sum(counts.map((c) => c.passed));
const failed = sum(counts.map((c) => c.failed)) || problems.length;
for (const problem of problems) console.log(`error: ${problem}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || problems.length > 0 ? 1 : 0);
