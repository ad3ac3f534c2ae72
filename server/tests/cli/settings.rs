//! Settings, and the messages about wrong ones.

use super::{holdfast, run};
use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Output, Stdio},
};

#[test]
fn one_message_names_every_invalid_setting_and_contains_no_value() {
    let dir = tempfile::tempdir().unwrap();
    let output = holdfast(dir.path())
        .arg("serve")
        .env("HOLDFAST_ENV", "production")
        .env("HOLDFAST_ADDR", "somewhere")
        .env("HOLDFAST_WEBHOOK_SECRETS", "short-hush")
        .env("HOLDFAST_PAYMENT_PROVIDER", "monopoly")
        .env("HOLDFAST_RATE_LIMIT", "0")
        .env("HOLDFAST_SITE_ROOT", "nowhere")
        .env("HOLDFAST_METRICS_TOKEN", "hush")
        .env("HOLDFAST_AUDIT_EVERY", "0")
        .env("HOLDFAST_CONTACT_DAYS", "0")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://hush")
        .env("DATABASE_URL", "mysql://user:hush@host/db")
        .env("RUST_LOG", "server=hush")
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    for name in [
        "HOLDFAST_ADDR",
        "HOLDFAST_WEBHOOK_SECRETS",
        "HOLDFAST_JWT_KEYS",
        "HOLDFAST_PAYMENT_PROVIDER",
        "HOLDFAST_RATE_LIMIT",
        "HOLDFAST_SITE_ROOT",
        "HOLDFAST_METRICS_TOKEN",
        "HOLDFAST_AUDIT_EVERY",
        "HOLDFAST_CONTACT_DAYS",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "DATABASE_URL",
        "RUST_LOG",
    ] {
        assert_eq!(message.matches(name).count(), 1, "{name}: {message}");
    }
    assert!(!message.contains("hush"), "{message}");
}

/// A malformed secret would verify nothing, without an error.
#[test]
fn a_webhook_secret_with_malformed_base64_prevents_the_start_and_is_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    for (env, secret) in [
        ("development", "whsec_hush*hush*hush*hush*hush*hush*"),
        ("development", "whsec_hush hush hush hush hush hush"),
        ("development", "whsec_"),
        ("production", "whsec_hush*hush*hush*hush*hush*hush*"),
        // Valid base64 of only four bytes.
        ("production", "whsec_aHVzaA=="),
    ] {
        let mut command = holdfast(dir.path());
        command.arg("serve").env("HOLDFAST_ENV", env).env("HOLDFAST_ADDR", "127.0.0.1:0");
        command.env("HOLDFAST_JWT_KEYS", "one:a key that signs tokens and has 32 bytes");
        command.env("HOLDFAST_WEBHOOK_SECRETS", format!("a good secret of twenty-four,{secret}"));
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        // If it did start, it would not end by itself.
        server.kill().unwrap();
        let output = server.wait_with_output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(line.is_empty() && !output.status.success(), "{env}, {secret}: {line}{message}");
        assert_eq!(message.matches("HOLDFAST_WEBHOOK_SECRETS").count(), 1, "{env}, {secret}: {message}");
        assert!(!["hush", "aHVzaA", "a good secret"].iter().any(|part| message.contains(part)), "{message}");
    }
}

#[test]
fn an_unusable_database_is_reported_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    // The port was just released, so nothing listens on it.
    let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (unreachable, unknown) =
        (format!("postgres://user:hush@{addr}/shop"), format!("postgres://user:hush@{addr}/shop?passwort=hush"));
    let broken = format!("postgres://user:12?hush@{addr}/shop");
    for command in ["serve", "audit"] {
        for (url, cause) in [(&unreachable, addr.to_string()), (&unknown, "passwort".into()), (&broken, "%3F".into())] {
            let output = holdfast(dir.path()).arg(command).env("DATABASE_URL", url).env("RUST_LOG", "trace").output();
            let Output { status, stdout, stderr } = output.unwrap();
            let message = String::from_utf8([stdout, stderr].concat()).unwrap();
            assert!(!status.success() && message.contains(&cause) && !message.contains("hush"), "{url}: {message}");
        }
    }
}

#[test]
fn environment_variables_take_precedence_over_the_env_file() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(".env"), "HOLDFAST_ADDR=from-file\nHOLDFAST_RATE_LIMIT=also-from-file\n").unwrap();
    let output = holdfast(dir.path()).arg("serve").env("HOLDFAST_RATE_LIMIT", "off").output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("HOLDFAST_ADDR") && !message.contains("HOLDFAST_RATE_LIMIT"), "{message}");
}

#[test]
fn an_error_in_the_env_file_names_the_line_and_does_not_show_it() {
    let dir = tempfile::tempdir().unwrap();
    let content = "HOLDFAST_ADDR=127.0.0.1:0\n\nHOLDFAST_WEBHOOK_SECRETS=hush hush\n";
    std::fs::write(dir.path().join(".env"), content).unwrap();
    for command in ["serve", "audit"] {
        let Output { status, stdout, stderr } = run(dir.path(), &[command]);
        let message = String::from_utf8([stdout, stderr].concat()).unwrap();
        assert!(!status.success() && message.contains(".env") && message.contains("line 3"), "{message}");
        assert!(!message.contains("hush"), "{message}");
    }
}
