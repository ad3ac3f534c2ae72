//! The `holdfast` command: settings, subcommands, start and stop.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

#[path = "cli/pictures.rs"]
mod pictures;

use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
};

fn holdfast(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.env_clear().current_dir(dir).env("RUST_LOG", "info");
    command
}

fn run(dir: &Path, args: &[&str]) -> Output {
    holdfast(dir).args(args).output().unwrap()
}

fn json(output: &Output) -> Value {
    let shown = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {shown}"))
}

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

#[test]
fn subcommands_manage_products_and_clients_and_audit_the_stock() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["migrate"]).status.success());
    let seeded = String::from_utf8(run(dir.path(), &["seed"]).stdout).unwrap();
    assert!(seeded.starts_with("Added flash-phone"), "{seeded}");
    let again = String::from_utf8(run(dir.path(), &["seed"]).stdout).unwrap();
    assert!(!again.contains("flash-phone"), "{again}");

    let reserved = run(
        dir.path(),
        &["product", "add", "--slug", "events", "--name", "N", "--price", "1", "--currency", "USD", "--stock", "1"],
    );
    assert!(String::from_utf8_lossy(&reserved.stderr).contains("is reserved"), "{reserved:?}");

    let add = [
        "product",
        "add",
        "--slug",
        "mug",
        "--name",
        "Mug",
        "--price",
        "19.99",
        "--currency",
        "USD",
        "--stock",
        "7",
        "--limit",
        "2",
    ];
    let product = json(&run(dir.path(), &add));
    assert_eq!((&product["slug"], &product["price"], &product["available"]), (&"mug".into(), &1999.into(), &7.into()));
    let taken = run(dir.path(), &add);
    assert!(!taken.status.success() && String::from_utf8_lossy(&taken.stderr).contains("slug"));

    let more = json(&run(dir.path(), &["product", "stock", "--slug", "mug", "--total", "9"]));
    assert_eq!((&more["total"], &more["available"], &more["version"]), (&9.into(), &9.into(), &2.into()));
    let unknown = run(dir.path(), &["product", "stock", "--slug", "jug", "--total", "9"]);
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("jug"));

    let (both, neither) = (["--total", "9", "--by", "1"], []);
    for change in [&both[..], &neither[..]] {
        let refused = run(dir.path(), &[&["product", "stock", "--slug", "mug"], change].concat());
        assert_eq!(refused.status.code(), Some(2), "{change:?}");
    }
    let fewer = json(&run(dir.path(), &["product", "stock", "--slug", "mug", "--by", "-3", "--reason", "damaged"]));
    assert_eq!((&fewer["total"], &fewer["version"]), (&6.into(), &3.into()));

    let client = json(&run(dir.path(), &["client", "add", "--name", "a shop"]));
    assert!(client["client_id"].is_string() && client["client_secret"].as_str().is_some_and(|s| s.len() > 40));

    let id = client["client_id"].as_str().unwrap();
    assert_eq!(client["scopes"], serde_json::json!(["checkout"]));
    let scopes = ["client", "scopes", "--id", id, "--scopes", "refunds:write checkout"];
    assert_eq!(json(&run(dir.path(), &scopes))["scopes"], serde_json::json!(["checkout", "refunds:write"]));
    let given = ["client", "add", "--name", "back office", "--scopes", "checkout orders:read refunds:write"];
    let given = json(&run(dir.path(), &given));
    assert_eq!(given["scopes"], serde_json::json!(["checkout", "orders:read", "refunds:write"]));
    for scopes in ["", "checkout,orders:read", "admin"] {
        let refused = run(dir.path(), &["client", "add", "--name", "a shop", "--scopes", scopes]);
        assert!(!refused.status.success(), "{scopes}");
    }
    let rotated = json(&run(dir.path(), &["client", "rotate", "--id", id]));
    assert!(rotated["client_id"] == id && rotated["client_secret"] != client["client_secret"]);
    for _ in 0..2 {
        assert!(json(&run(dir.path(), &["client", "revoke", "--id", id]))["revoked_at"].is_string());
    }
    let listed = run(dir.path(), &["client", "list"]);
    assert_eq!(json(&listed)[0]["name"], "a shop");
    assert!(!String::from_utf8_lossy(&listed.stdout).contains("secret"));
    for command in ["rotate", "revoke"] {
        let unknown = "00000000-0000-4000-8000-000000000000";
        let refused = run(dir.path(), &["client", command, "--id", unknown]);
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains(unknown));
    }
    let revoked = run(dir.path(), &["client", "rotate", "--id", id]);
    assert!(!revoked.status.success() && String::from_utf8_lossy(&revoked.stderr).contains("revoked"));

    let audit = run(dir.path(), &["audit"]);
    let found = json(&audit);
    assert!(audit.status.success());
    assert_eq!((&found["clean"], &found["products"]), (&true.into(), &7.into()));
}

#[test]
fn products_are_listed_edited_paused_and_archived() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), &["seed"]).status.success());
    let change = |args: &[&str]| json(&run(dir.path(), &[&["product"], args, &["--slug", "tide-watch"]].concat()));

    let without_reason = run(dir.path(), &["product", "edit", "--slug", "tide-watch", "--price", "1"]);
    assert_eq!(without_reason.status.code(), Some(2));
    let edit = ["edit", "--reason", "new price", "--price", "99.50", "--no-limit", "--hold-seconds", "60"];
    let edited = change(&edit);
    assert_eq!((&edited["price"], &edited["revision"]), (&9950.into(), &2.into()));
    assert_eq!((&edited["per_shopper_limit"], &edited["hold_seconds"]), (&Value::Null, &60.into()));
    assert_eq!((&edited["name"], &edited["pay_seconds"]), (&"Tide Watch".into(), &600.into()));
    let invalid =
        run(dir.path(), &["product", "edit", "--slug", "tide-watch", "--hold-seconds", "0", "--reason", "a mistake"]);
    assert!(!invalid.status.success() && String::from_utf8_lossy(&invalid.stderr).contains("1 second"), "{invalid:?}");

    let paused = change(&["pause", "--reason", "a leak"]);
    assert_eq!((&paused["sale"], &paused["status"]), (&"paused".into(), &"paused".into()));
    let listed = String::from_utf8(run(dir.path(), &["product", "list"]).stdout).unwrap();
    let row = listed.lines().find(|line| line.trim_start().starts_with("tide-watch")).unwrap();
    assert!(listed.trim_start().starts_with("SLUG") && row.contains("paused") && row.contains("99.50 EUR"), "{listed}");
    assert_eq!(change(&["resume", "--reason", "dry"])["sale"], "open");

    assert_eq!(change(&["archive", "--reason", "gone"])["status"], "archived");
    let listed = json(&run(dir.path(), &["product", "list", "--json"]));
    let statuses: Vec<_> = listed.as_array().unwrap().iter().map(|product| product["status"].clone()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == "archived").count(), 1, "{statuses:?}");
    assert!(json(&run(dir.path(), &["audit"]))["clean"] == true);
}

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

#[test]
fn subcommands_manage_operators_and_show_the_audit_log() {
    let dir = tempfile::tempdir().unwrap();
    let add = ["operator", "add", "--email", "Ada@Example.com", "--role", "admin", "--name", "Ada"];
    let added = holdfast(dir.path()).args(add).env("HOLDFAST_PUBLIC_URL", "https://shop.example/").output().unwrap();
    let shown = String::from_utf8(added.stdout).unwrap();
    assert!(
        shown.contains("ada@example.com (admin)") && shown.contains("\nhttps://shop.example/admin/setup/"),
        "{shown}"
    );
    let twice = run(dir.path(), &add);
    assert!(!twice.status.success() && String::from_utf8_lossy(&twice.stderr).contains("exists"));
    let bob = json(&run(dir.path(), &["operator", "add", "--email", "bob@example.com", "--role", "seller", "--json"]));
    assert!(bob["link"].as_str().unwrap().starts_with("http://127.0.0.1:3000/admin/setup/"), "{bob}");
    let reset = json(&run(dir.path(), &["operator", "reset", "--email", "bob@example.com", "--json"]));
    assert_ne!(reset["link"], bob["link"]);

    let refused = run(dir.path(), &["operator", "disable", "--email", "ada@example.com"]);
    assert!(!refused.status.success(), "the last administrator stays");
    assert_eq!(json(&run(dir.path(), &["operator", "disable", "--email", "bob@example.com"]))["state"], "disabled");
    assert_eq!(json(&run(dir.path(), &["operator", "enable", "--email", "bob@example.com"]))["state"], "invited");
    assert_eq!(
        json(&run(dir.path(), &["operator", "role", "--email", "bob@example.com", "--role", "money"]))["role"],
        "money"
    );
    for args in [
        &["operator", "disable", "--email", "eve@example.com"][..],
        &["operator", "role", "--email", "bob@example.com", "--role", "owner"],
        &["operator", "add", "--email", "nobody", "--role", "viewer"],
    ] {
        assert!(!run(dir.path(), args).status.success(), "{args:?}");
    }
    let listed = run(dir.path(), &["operator", "list"]);
    let table = String::from_utf8(listed.stdout).unwrap();
    assert!(table.contains("EMAIL") && table.contains("ada@example.com") && table.contains("money"), "{table}");
    let listed = json(&run(dir.path(), &["operator", "list", "--json"]));
    assert_eq!((&listed[0]["email"], &listed[1]["state"]), (&"ada@example.com".into(), &"invited".into()));
    json(&run(dir.path(), &["client", "add", "--name", "a shop"]));

    let log = holdfast(dir.path()).args(["audit-log", "--json"]).env("USER", "ada").output().unwrap();
    let log = json(&log);
    let actions: Vec<_> = log.as_array().unwrap().iter().rev().map(|entry| entry["action"].as_str().unwrap()).collect();
    let expected =
        ["invite", "invite", "reset", "disable", "enable", "set_role"].map(|action| format!("operator.{action}"));
    assert_eq!(actions[..6], expected);
    assert_eq!(actions[6..], ["client.add"]);
    assert_eq!((&log[1]["before"]["role"], &log[1]["after"]["role"]), (&"seller".into(), &"money".into()));
    assert_eq!(log[0]["actor"]["kind"], "command_line");
    let table = run(dir.path(), &["audit-log", "--action", "client", "--limit", "5"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("client.add") && !table.contains("operator"), "{table}");
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
