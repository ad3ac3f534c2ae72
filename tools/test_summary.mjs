// Adds up the results of all test suites and ends with the line "N passed, N failed".
// node tools/test_summary.mjs <folder of results> [name of a suite that exited with an error…]
// A missing or unreadable result, and a suite that ran no tests, count as failures. Failed tests are named before the totals,
// so the end of a log is enough to see what to run again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...failedSuites] = process.argv.slice(2);
const read = (file) => readFileSync(join(folder, file), 'utf8');
const withoutColours = (text) => text.replace(/\x1b\[[0-9;]*m/g, '');
const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

// `cargo test`: one line "test result: ok. 3 passed; 0 failed; …" for each test program.
function cargoTest(text) {
  const lines = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)];
  if (lines.length === 0) return null;
  const names = [...text.matchAll(/^test (\S+) \.\.\. FAILED$/gm)].map((l) => l[1]);
  return { passed: sum(lines.map((l) => Number(l[1]))), failed: sum(lines.map((l) => Number(l[2]))), names };
}

// nextest: one line "Summary [ 1.2s] 40 tests run: 38 passed (1 slow), 1 failed, 1 timed out, 2 skipped".
function nextest(text) {
  const line = text.match(/^\s*Summary \[.*?\]\s+(\d+)(?:\/\d+)? tests? run: (.*)$/m);
  if (!line) return null;
  const ran = Number(line[1]);
  const passed = Number(line[2].match(/(\d+) passed/)?.[1] ?? NaN);
  const names = new Set([...text.matchAll(/^\s*(?:TRY \d+ )?(?:FAIL|TIMEOUT|SIG\w+|ABORT) \[.*?\]\s+(?:\(.*?\)\s+)?(\S.*)$/gm)].map((l) => l[1]));
  return Number.isNaN(passed) || passed > ran ? null : { passed, failed: ran - passed, names: [...names] };
}

// Playwright's JSON report. A flaky test counts as a failure.
function playwright(text) {
  const report = JSON.parse(text);
  const { expected, unexpected, flaky } = report.stats ?? {};
  if (![expected, unexpected, flaky].every(Number.isInteger)) return null;
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const names = specs(report).filter((spec) => !spec.ok).map(nameAndError);
  return { passed: expected, failed: unexpected + flaky, names };
}

function nameAndError({ file, line, title, tests }) {
  const error = tests.flatMap((test) => test.results).find((result) => result.error)?.error?.message ?? '';
  return `${file}:${line} ${title}: ${withoutColours(error).split('\n').filter(Boolean).slice(0, 2).join(' ').slice(0, 200)}`;
}

// Node's test runner with its spec reporter: lines "ℹ tests 12" and "ℹ pass 12".
function nodeTest(text) {
  const [ran, passed] = ['tests', 'pass'].map((name) => Number(text.match(new RegExp(`^ℹ ${name} (\\d+)$`, 'm'))?.[1]));
  if (Number.isNaN(ran) || Number.isNaN(passed) || passed > ran) return null;
  return { passed, failed: ran - passed };
}

// tools/fuzz/response_coverage.py: one line "12 calls passed, 0 failed". Each API call counts as one test.
function fuzzedCalls(text) {
  const line = text.match(/^(\d+) calls passed, (\d+) failed$/m);
  return line && { passed: Number(line[1]), failed: Number(line[2]) };
}

const suites = [
  { name: 'Rust', file: 'rust.log', parse: (text) => nextest(text) ?? cargoTest(text) },
  { name: 'documentation', file: 'doc.log', parse: cargoTest },
  { name: 'double', file: 'double.log', parse: nodeTest },
  { name: 'browser', file: 'browser.json', parse: playwright },
  { name: 'firefox', file: 'firefox.log', parse: nodeTest },
  { name: 'interop', file: 'interop.log', parse: nodeTest },
  { name: 'fuzz', file: 'fuzz.log', parse: fuzzedCalls },
];

const problems = failedSuites.map((name) => `the suite "${name}" exited with an error`);
const failedTests = [];
const counts = suites.map(({ name, file, parse }) => {
  let count = null;
  try {
    count = parse(withoutColours(read(file)));
  } catch (error) {
    problems.push(`${name} tests: ${error.message}`);
  }
  if (count) {
    console.log(`${name.padStart(13)}: ${count.passed} passed, ${count.failed} failed`);
    failedTests.push(...(count.names ?? []));
    if (count.passed + count.failed === 0) problems.push(`${name} tests: none ran`);
  } else {
    problems.push(`${name} tests: no result in ${file}`);
  }
  return count ?? { passed: 0, failed: 0 };
});

const passed = sum(counts.map((c) => c.passed));
const failed = sum(counts.map((c) => c.failed)) || problems.length;
for (const test of failedTests) console.log(`failed: ${test}`);
for (const problem of problems) console.log(`error: ${problem}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || problems.length > 0 ? 1 : 0);
