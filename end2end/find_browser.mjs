// Finds Chromium or Chrome: the program in the variable CHROMIUM, else the first installed one.
// `node end2end/find_browser.mjs` prints its path, and fails if there is none.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const apps = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The first program with one of these names on PATH, else the first of these files.
 * @returns {string | undefined}
 */
export function findProgram(names, files) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...files].find(isExecutable);
}

/** @returns {string | undefined} */
export function findBrowser() {
  return process.env.CHROMIUM || findProgram(names, apps);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = findBrowser();
  if (!browser || !isExecutable(browser)) process.exit(1);
  console.log(browser);
}
