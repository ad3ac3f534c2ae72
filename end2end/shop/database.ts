// A PostgreSQL database of one's own, on the server that tools/with-postgres.sh starts.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

const VARIABLE = 'HOLDFAST_TEST_POSTGRES_URL';

export class Database {
  /** For `DATABASE_URL`. */
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
    await tell(`CREATE DATABASE ${database.#name}`);
    return database;
  }

  /** Says something to it that no server of the shop would. */
  async tell(statement: string): Promise<void> {
    await tell(statement, this.url);
  }

  async drop(): Promise<void> {
    // Also where a server that should have ended is still connected.
    await tell(`DROP DATABASE ${this.#name} WITH (FORCE)`);
  }
}

function server(): string {
  const url = process.env[VARIABLE];
  if (!url) {
    throw new Error(
      `${VARIABLE} is not set: this test needs a PostgreSQL server that it may make a database in.\n` +
        'Run `make test-browser`; or, in end2end, `../tools/with-postgres.sh npx playwright test`, which starts one.',
    );
  }
  return url;
}

async function tell(statement: string, url = server()): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
