// Manages databases on the PostgreSQL server that tools/with-postgres.sh provides, and checks its durability.
import { programs } from './settings.mjs';
import { run, succeed } from './process.mjs';

const server = process.env.HOLDFAST_TEST_POSTGRES_URL;

export function databaseUrl(name) {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

export async function sql(text, database = 'postgres') {
  const quiet = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'];
  return (await succeed('psql', [...quiet, databaseUrl(database)], { input: text })).trim();
}

export async function createDatabase(name) {
  await sql(`CREATE DATABASE ${name}`);
  return databaseUrl(name);
}

export async function dropDatabase(name) {
  await sql(`DROP DATABASE ${name} WITH (FORCE)`);
}

/** Returns the server's version and durability settings. Fails if a commit does not wait for the disk. */
export async function describe() {
  const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes'];
  const values = (await sql(names.map((name) => `SHOW ${name};`).join(' '))).split('\n');
  const settings = Object.fromEntries(names.map((name, i) => [name, values[i]]));
  if (names.slice(1).some((name) => settings[name] !== 'on')) {
    throw new Error(`this PostgreSQL is not durable: ${JSON.stringify(settings)}`);
  }
  return settings;
}

/** Returns why this build cannot use PostgreSQL, or null if it can. */
export async function unavailableReason() {
  const name = 'bench_probe';
  const url = await createDatabase(name);
  const { code, stderr } = await run(programs.server, ['migrate'], { env: { DATABASE_URL: url } });
  await dropDatabase(name);
  return code === 0 ? null : stderr.trim();
}
