//! Tests that `.env.example` and README list the settings of the command, and that the values of `.env.example` are valid.

use super::{CorsOrigins, RateLimit, Settings, dotenv};
use crate::cli::args::{Cli, Command};
use clap::{CommandFactory as _, Parser as _};
use std::{collections::BTreeSet, fs, path::Path};

/// Read by the log, not by the parser of settings.
const LOG_FILTER: &str = "RUST_LOG";

/// Returns the variables that the command reads.
fn variables() -> BTreeSet<String> {
    let mut command = Cli::command();
    command.build();
    let subcommands = command.get_subcommands().flat_map(clap::Command::get_arguments);
    let arguments = command.get_arguments().chain(subcommands);
    let mut names: BTreeSet<_> =
        arguments.filter_map(|arg| Some(arg.get_env()?.to_str().unwrap().to_owned())).collect();
    names.insert(LOG_FILTER.to_owned());
    names
}

/// Returns a file of the repository.
fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// Returns the settings of `.env.example`, as if every one were uncommented.
fn example() -> Vec<(String, String)> {
    let uncommented: String = file(".env.example")
        .lines()
        .map(|line| {
            line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())).unwrap_or(line)
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".env");
    fs::write(&path, uncommented).unwrap();
    dotenv::read(&path).unwrap()
}

#[test]
fn env_example_and_readme_list_every_setting() {
    let expected = variables();
    let listed: Vec<_> = example().into_iter().map(|(name, _)| name).collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(listed.len(), expected.len(), "a setting is listed twice");
    let readme = file("README.md");
    for name in expected {
        assert!(readme.contains(&format!("`{name}`")), "README does not mention {name}");
    }
}

#[test]
fn the_values_of_env_example_are_the_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let parse = |values: &[(String, String)]| {
        let command = Cli::command();
        let flag = |name: &str| {
            let serve = command.find_subcommand("serve").unwrap();
            let mut arguments = command.get_arguments().chain(serve.get_arguments());
            arguments.find(|arg| arg.get_env().is_some_and(|env| env == name)).and_then(|arg| arg.get_long()).unwrap()
        };
        let data_dir = format!("--data-dir={}", dir.path().display());
        let flags = values
            .iter()
            .filter(|(name, _)| name != LOG_FILTER && name != "HOLDFAST_DATA_DIR")
            .map(|(name, value)| format!("--{}={value}", flag(name)));
        let cli = Cli::parse_from(["holdfast".to_owned(), "serve".to_owned(), data_dir].into_iter().chain(flags));
        let Some(Command::Serve(serve)) = cli.command else { panic!("not serve") };
        Settings::read(cli.common, *serve).unwrap()
    };
    let settings = parse(&example());
    assert_eq!(settings.rate_limit, RateLimit::TokensOnly);
    assert_eq!(settings.cors_origins, CorsOrigins::None);
    assert_eq!(settings.common.database_url, "sqlite://./data/holdfast.db");
    // The database's default depends on the data folder, which is another one here.
    let without_database: Vec<_> = example().into_iter().filter(|(name, _)| name != "DATABASE_URL").collect();
    assert_eq!(format!("{:?}", parse(&without_database)), format!("{:?}", parse(&[])));
}
