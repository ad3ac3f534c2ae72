// Finds Firefox: the program in the variable FIREFOX, else the first installed one.
// `node end2end/firefox/find_firefox.mjs` prints its path, and fails if there is none.
import { fileURLToPath } from 'node:url';
import { findProgram } from '../find_browser.mjs';

const names = ['firefox-esr', 'firefox'];
const apps = ['/Applications/Firefox.app/Contents/MacOS/firefox'];

/** @returns {string | undefined} */
export function findFirefox() {
  return process.env.FIREFOX || findProgram(names, apps);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = findFirefox();
  if (!browser) process.exit(1);
  console.log(browser);
}
