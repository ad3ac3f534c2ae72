//! A database for one test, which is created with the test and dropped with it.

use sqlx::{
    AssertSqlSafe, Connection, FromRow, PgConnection, SqliteConnection, SqlitePool, postgres::PgRow, sqlite::SqliteRow,
};
use uuid::Uuid;

/// The variable with the URL of a PostgreSQL server in which the tests may create databases. tools/with-postgres.sh
/// sets it.
const SERVER: &str = "HOLDFAST_TEST_POSTGRES_URL";

pub enum Database {
    Sqlite(tempfile::TempDir),
    Postgres { server: String, name: String },
}

impl Database {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub async fn postgres() -> Self {
        let Ok(server) = std::env::var(SERVER) else {
            panic!("{SERVER} is not set: run the tests by `make test-rust`, or as tools/with-postgres.sh cargo test …");
        };
        let name = format!("holdfast_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        Self::Postgres { server, name }
    }

    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(home) => format!("sqlite://{}", home.path().join("shop.db").display()),
            Self::Postgres { server, name } => {
                let (address, _) = server.rsplit_once('/').unwrap();
                format!("{address}/{name}")
            }
        }
    }

    /// Runs a statement on a connection of its own, unknown to the shop.
    pub async fn run(&self, sql: &'static str) {
        match self {
            Self::Sqlite(_) => {
                let pool = SqlitePool::connect(&self.url()).await.unwrap();
                sqlx::query(sql).execute(&pool).await.unwrap();
                pool.close().await;
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url()).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
            }
        }
    }

    /// Runs a statement with the foreign keys that the shop's own connections enforce. Returns its error.
    pub async fn try_run(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await?;
                sqlx::query("PRAGMA foreign_keys = ON").execute(&mut connection).await?;
                sqlx::query(sql).execute(&mut connection).await.map(drop)
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url()).await?;
                sqlx::query(sql).execute(&mut connection).await.map(drop)
            }
        }
    }

    /// Runs statements that are separated by semicolons.
    pub async fn run_all(&self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
                sql.execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url()).await.unwrap();
                sql.execute(&mut connection).await.unwrap();
            }
        }
    }

    /// Opens a connection to a PostgreSQL database.
    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.unwrap()
    }

    /// Changes a setting of a PostgreSQL database for all later connections.
    pub async fn set(&self, setting: &str) {
        let Self::Postgres { server, name } = self else { panic!("SQLite has no settings to change") };
        let mut connection = PgConnection::connect(server).await.unwrap();
        let sql = format!("ALTER DATABASE {name} SET {setting}");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }

    /// Returns the number that a statement selects.
    pub async fn count(&self, sql: &'static str) -> i64 {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url()).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    /// Returns the rows that a statement selects.
    pub async fn rows<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
                sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap()
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url()).await.unwrap();
                sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// Runs a statement without the CHECK constraints of the schema.
    pub async fn run_unchecked(&self, sql: &'static str) {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
                sqlx::query("PRAGMA ignore_check_constraints = ON").execute(&mut connection).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Self::Postgres { .. } => {
                let drop_checks = "DO $$ DECLARE c record; BEGIN
                    FOR c IN SELECT conrelid::regclass AS tbl, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0
                    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tbl, c.conname); END LOOP; END $$";
                let mut connection = PgConnection::connect(&self.url()).await.unwrap();
                for statement in [drop_checks, sql] {
                    sqlx::query(statement).execute(&mut connection).await.unwrap();
                }
            }
        }
    }
}

impl Drop for Database {
    /// Uses a runtime of its own, because the test's runtime is shutting down. FORCE ends the shop's connections.
    fn drop(&mut self) {
        let Self::Postgres { server, name } = self else { return };
        let (server, sql) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server).await?;
                sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await
            })
        });
        // A database that could not be dropped is in a server that is only for tests.
        let _ = dropped.join();
    }
}
