//! The server: its start, its stop and its log.

use super::holdfast;
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

#[test]
fn the_server_prints_its_address_and_stops_on_sigterm() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = holdfast(dir.path())
        .env("HOLDFAST_ADDR", "127.0.0.1:0")
        .env("HOLDFAST_TYPO", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let addr = line.trim().strip_prefix("Holdfast is open at http://").unwrap().to_owned();

    // Without a command, an empty shop in development gets the demo products.
    let shown = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        http.get(format!("http://{addr}/api/products")).send().await.unwrap().json::<Value>().await.unwrap()
    });
    assert_eq!(shown.as_array().map(Vec::len), Some(6));

    let taken = holdfast(dir.path()).args(["serve", "--addr", &addr]).output().unwrap();
    let message = String::from_utf8(taken.stderr).unwrap();
    assert!(
        message.lines().any(|l| l.starts_with("holdfast: ") && l.contains(&addr) && l.contains("in use")),
        "{message}"
    );

    let stopped = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let output = server.wait_with_output().unwrap();
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("HOLDFAST_TYPO") && log.contains("stopped"), "{log}");
}

#[test]
fn the_log_warns_of_files_of_another_build_and_not_of_unknown_sessions() {
    let dir = tempfile::tempdir().unwrap();
    let pkg = dir.path().join("target/site/pkg");
    std::fs::create_dir_all(&pkg).unwrap();
    std::fs::write(pkg.join("holdfast.abc.js"), "").unwrap();
    let mut command = holdfast(dir.path());
    command.args(["serve", "--addr", "127.0.0.1:0"]).env_remove("RUST_LOG");
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("Holdfast is open at ").unwrap().to_owned();
    let status = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        // A cookie as the server issues it, of a session that does not exist.
        let request = http.get(format!("{url}/orders")).header("cookie", "holdfast=AAAAAAAAAAAAAAAAAAAAAA");
        request.send().await.unwrap().status()
    });
    assert_eq!(status, 200);
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    let log = String::from_utf8(server.wait_with_output().unwrap().stderr).unwrap();
    assert!(log.contains("do not match this program") && log.contains("/orders"), "{log}");
    assert!(!log.contains("suspicious"), "{log}");
}

/// A one-time link, or a code in a query, must not be in the log.
#[test]
fn the_log_of_the_console_shows_no_token_and_no_address() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let mut server = holdfast(dir.path())
        .args(["serve", "--addr", "127.0.0.1:0"])
        .env("RUST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let addr = first.strip_prefix("Holdfast is open at http://").unwrap().to_owned();
    // The first start in development invites the first operator.
    let invitation = lines.next().unwrap().unwrap();
    let path = invitation.split(&addr).nth(1).unwrap().to_owned();
    assert!(invitation.contains("admin@localhost") && path.starts_with("/admin/setup/"), "{invitation}");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let page = http.get(format!("http://{addr}{path}")).send().await.unwrap();
        assert_eq!(page.status().as_u16(), 200);
        let form = "email=hush%40example.com&password=hush-hush-hush&code=hush";
        for path in ["/admin/sign-in", &path] {
            let request = http.post(format!("http://{addr}{path}?next=hush")).body(form);
            request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        }
    });
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    let log = std::fs::read_to_string(log).unwrap();
    let token = path.rsplit('/').next().unwrap();
    assert!(log.contains("/admin/setup/{token}") && log.contains("sign-in failed"), "{log}");
    assert!(!log.contains(token) && !log.contains("hush") && !log.contains("admin@localhost"), "{log}");
}
