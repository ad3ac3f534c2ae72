//! A store names its database: product, version, and the last migration.

use crate::database::Database;
use std::path::Path;

/// The number of the last migration in the folder.
fn last_migration(folder: &str) -> i64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(folder);
    let names = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.map(|name| name.split_once('_').unwrap().0.parse().unwrap()).max().unwrap()
}

crate::scenarios! {
    async fn a_database_has_a_name_a_version_and_the_last_migration(shop: Shop) {
        let (name, folder) = match shop.database {
            Database::Sqlite(_) => ("SQLite", "sqlite"),
            Database::Postgres { .. } => ("PostgreSQL", "postgres"),
        };
        let info = shop.store.database().await.unwrap();
        assert_eq!((info.name, info.schema), (name, last_migration(folder)));
        // PostgreSQL's version may be followed by the name of its package.
        let version = info.version.split(['.', ' ']).next().unwrap();
        assert!(version.parse::<u32>().is_ok_and(|major| major >= 3), "{info:?}");
    }
}
