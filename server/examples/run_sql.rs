//! Runs the SQL on standard input on one connection. The benchmark of the console (`bench/scenarios/console.mjs`) calls it to fill
//! its databases; `tools/bench.sh` builds it.
//!
//! Usage: `run_sql <database address>`. SQLite's own program may be too old for the functions that the SQL uses.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::{error::Error, io::Read as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("usage: run_sql <database address>")?;
    let mut sql = String::new();
    std::io::stdin().read_to_string(&mut sql)?;
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(&url).await?;
        sql.execute(&mut connection).await?;
        connection.close().await?;
    } else {
        let mut connection = PgConnection::connect(&url).await?;
        sql.execute(&mut connection).await?;
        connection.close().await?;
    }
    Ok(())
}
