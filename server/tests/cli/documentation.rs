//! docs/COMMANDS.md describes each command as it is: the parts between the markers are compared with clap, and the examples
//! are parsed. `UPDATE_COMMANDS=1` writes the parts anew.

use clap::{Arg, Command, CommandFactory as _};
use server::cli::args::Cli;
use std::{fmt::Write as _, path::Path};

const END: &str = "<!-- end -->";

fn document() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/COMMANDS.md")
}

/// Returns each command that does something, with its name as people type it.
fn commands() -> Vec<(String, Command)> {
    fn collect(command: &Command, name: &str, found: &mut Vec<(String, Command)>) {
        let subcommands: Vec<_> = command.get_subcommands().filter(|sub| sub.get_name() != "help").collect();
        if subcommands.is_empty() {
            found.push((name.to_owned(), command.clone()));
        }
        for sub in subcommands {
            collect(sub, format!("{name} {}", sub.get_name()).trim(), found);
        }
    }
    let mut root = Cli::command();
    root.build();
    let mut found = Vec::new();
    collect(&root, "", &mut found);
    found
}

/// Returns the part of the document that describes a command: its summary, its usage and its flags.
fn part(command: &Command) -> String {
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default();
    // The document has examples of its own.
    let about: Vec<_> = about.split("\n\n").filter(|paragraph| !paragraph.starts_with("Example: ")).collect();
    let usage = command.clone().render_usage().to_string().replace("Usage: ", "");
    let mut part = format!("{}.\n\n```text\n{}\n```\n", about.join(".\n\n").trim_end_matches('.'), usage.trim());
    let flags: Vec<_> = command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help").collect();
    let flags: Vec<_> = flags.into_iter().filter(|arg| !is_setting_of_every_command(arg)).collect();
    if !flags.is_empty() {
        part.push_str("\n| flag | meaning |\n|---|---|\n");
    }
    for flag in flags {
        writeln!(part, "{}", row(flag)).unwrap();
    }
    part
}

fn is_setting_of_every_command(arg: &Arg) -> bool {
    Cli::command().get_arguments().any(|common| common.get_id() == arg.get_id() && arg.get_id() != "json")
}

fn row(arg: &Arg) -> String {
    let name = arg.get_long().map(|long| format!("--{long}")).unwrap_or_default();
    let takes_value = arg.get_action().takes_values();
    let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    let flag = if takes_value { format!("{name} {value}") } else { name };
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if takes_value && !values.is_empty() {
        write!(help, ": {}", values.join(", ")).unwrap();
    }
    if let Some(aliases) = arg.get_visible_aliases().filter(|aliases| !aliases.is_empty()) {
        write!(help, "; also `--{}`", aliases.join("`, `--")).unwrap();
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if takes_value && !arg.is_hide_default_value_set() && !defaults.is_empty() {
        write!(help, " [default: {}]", defaults.join(", ")).unwrap();
    }
    if arg.is_required_set() {
        help.push_str(" (required)");
    }
    format!("| `{flag}` | {} |", help.replace('|', "\\|"))
}

#[test]
fn the_document_has_each_command_with_its_flags() {
    let mut text = std::fs::read_to_string(document()).unwrap();
    let before = text.clone();
    let mut names = Vec::new();
    for (name, command) in commands() {
        let marker = format!("<!-- command: {name} -->\n");
        let start = text.find(&marker).unwrap_or_else(|| panic!("docs/COMMANDS.md has no {marker}")) + marker.len();
        let end = start + text[start..].find(END).unwrap_or_else(|| panic!("docs/COMMANDS.md: {name} has no end"));
        text.replace_range(start..end, &part(&command));
        names.push(marker);
    }
    let described = text.matches("<!-- command: ").count();
    assert_eq!(described, names.len(), "docs/COMMANDS.md describes a command that is gone");
    if std::env::var_os("UPDATE_COMMANDS").is_some() {
        std::fs::write(document(), &text).unwrap();
    } else {
        assert!(text == before, "docs/COMMANDS.md is not up to date: run this test with UPDATE_COMMANDS=1");
    }
}

/// Splits a line as a shell does, as far as the examples need it.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(n, part)| {
            let quoted = vec![part.to_owned()];
            if n % 2 == 1 { quoted } else { part.split_whitespace().map(str::to_owned).collect() }
        })
        .collect()
}

#[test]
fn each_example_can_be_run() {
    let text = std::fs::read_to_string(document()).unwrap();
    let examples: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let mut helped: Vec<String> = Vec::new();
    for (_, command) in commands() {
        let about = command.get_long_about().map(ToString::to_string).unwrap_or_default();
        helped.extend(about.lines().filter_map(|line| line.strip_prefix("Example: ")).map(str::to_owned));
    }
    assert!(examples.len() > 10 && helped.len() > 5, "{examples:?} {helped:?}");
    for line in examples.into_iter().map(str::to_owned).chain(helped) {
        let line = line.split(" | ").next().unwrap();
        let parsed = Cli::command().try_get_matches_from(words(line));
        assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
    }
}
