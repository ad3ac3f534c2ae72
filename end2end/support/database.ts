// A PostgreSQL database for one test, on the server that tools/with-postgres.sh starts.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

const VARIABLE = 'HOLDFAST_TEST_POSTGRES_URL';

export class Database {
  /** Value for `DATABASE_URL`. */
  readonly url: string;
  readonly #name: string;

  private constructor(server: string, name: string) {
    const url = new URL(server);
    url.pathname = `/${name}`;
    this.url = url.href;
    this.#name = name;
  }

  static async create(): Promise<Database> {
    const database = new Database(server(), `holdfast_browser_${randomBytes(8).toString('hex')}`);
    await execute(`CREATE DATABASE ${database.#name}`);
    return database;
  }

  /** Runs an SQL statement. */
  async execute(statement: string): Promise<void> {
    await execute(statement, this.url);
  }

  async drop(): Promise<void> {
    // FORCE ends connections of servers that did not stop.
    await execute(`DROP DATABASE ${this.#name} WITH (FORCE)`);
  }
}

function server(): string {
  const url = process.env[VARIABLE];
  if (!url) {
    throw new Error(
      `${VARIABLE} is not set: this test needs a PostgreSQL server in which it may create a database.\n` +
        'Run `make test-browser`; or, in end2end, `../tools/with-postgres.sh npx playwright test`, which starts one.',
    );
  }
  return url;
}

async function execute(statement: string, url = server()): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
