//! Exit codes, and outputs that are closed.

use super::{holdfast, run};
use std::process::Stdio;

#[test]
fn exit_codes_tell_how_a_command_ended() {
    let dir = tempfile::tempdir().unwrap();
    let code = |args: &[&str]| run(dir.path(), args).status.code();
    assert_eq!(code(&["seed"]), Some(0));
    assert_eq!(code(&["audit"]), Some(0));
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["product", "lists"]), Some(2));
    assert_eq!(code(&["--env", "nowhere", "audit"]), Some(2));
    assert_eq!(code(&["product", "edit", "--slug", "tide-watch", "--hold-seconds", "0", "--reason", "x"]), Some(2));
    assert_eq!(code(&["product", "pause", "--slug", "nothing", "--reason", "x"]), Some(3));
    assert_eq!(code(&["product", "stock", "--slug", "tide-watch", "--by", "-99"]), Some(3));
    assert_eq!(code(&["operator", "disable", "--email", "eve@example.com"]), Some(3));
    assert_eq!(code(&["--database-url", "postgres://user@127.0.0.1:9/shop", "audit"]), Some(4));
}

#[test]
fn a_command_says_when_it_made_a_new_database() {
    let dir = tempfile::tempdir().unwrap();
    let says = |args: &[&str]| {
        let output = run(dir.path(), args);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap().contains("so a new one was made")
    };
    assert!(says(&["product", "list"]));
    assert!(!says(&["product", "list"]));
    // As after a typing error.
    assert!(says(&["--data-dir", "dta", "product", "list"]));
}

/// Differences have a code of their own, so that a script can tell them from a database that is not available.
#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_finds_differences_has_its_own_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["seed"]).status.success());
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}/data/holdfast.db", dir.path().display())).await.unwrap();
    sqlx::query("UPDATE products SET sold = 1, available = available - 1 WHERE slug = 'tide-watch'")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let audit = run(dir.path(), &["audit"]);
    assert_eq!(audit.status.code(), Some(1), "{audit:?}");
    assert_eq!(super::json(&audit)["clean"], false);
}

#[test]
fn a_closed_output_is_no_panic_and_no_error() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["seed"]).status.success());
    for args in
        [&["product", "list"][..], &["order", "export", "--format", "csv"], &["audit-log", "--json"], &["--help"]]
    {
        let mut child = holdfast(dir.path()).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!message.contains("panicked") && !message.contains("holdfast: "), "{args:?}: {message}");
        assert_eq!(output.status.code(), Some(0), "{args:?}: {message}");
    }
}

#[test]
fn the_help_of_each_command_is_complete() {
    let dir = tempfile::tempdir().unwrap();
    let help = |args: &[&str]| String::from_utf8(run(dir.path(), &[args, &["--help"]].concat()).stdout).unwrap();
    assert!(help(&[]).contains("Exit codes: 0 done"));
    let export = help(&["order", "export"]);
    for part in ["Example: holdfast order export", "--format", "--output", "--status", "pending", "audit log"] {
        assert!(export.contains(part), "{part}: {export}");
    }
}

#[test]
fn a_retry_without_jobs_says_how_to_name_them() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&["outbox", "retry"][..], &["outbox", "retry", "--reason", "x"]] {
        let output = run(dir.path(), args);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && message.contains("give --id ID… or --dead"), "{output:?}");
    }
}
