//! A database for one test, which is created with the test and dropped with it.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

/// The variable with the URL of a PostgreSQL server in which the tests may create databases. tools/with-postgres.sh sets it.
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
