//! The `holdfast` command: settings, subcommands, start and stop.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod conflicts;
mod customers;
mod documentation;
mod exports;
mod operators;
mod orders;
mod output;
mod pictures;
mod products;
mod receipts;
mod reconcile;
mod serve;
mod settings;
mod shop;
mod webhooks;

use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
};

/// Returns the program in a folder of its own, without the tests' environment.
fn holdfast(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.env_clear().current_dir(dir).env("RUST_LOG", "info");
    command
}

fn run(dir: &Path, args: &[&str]) -> Output {
    holdfast(dir).args(args).output().unwrap()
}

/// Returns the JSON that a command has printed.
fn json(output: &Output) -> Value {
    let shown = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {shown}"))
}
