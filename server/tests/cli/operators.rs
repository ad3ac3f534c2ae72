//! Operators and the audit log.

use super::{holdfast, json, run};

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
    assert_eq!(
        (&listed["items"][0]["email"], &listed["items"][1]["state"]),
        (&"ada@example.com".into(), &"invited".into())
    );
    json(&run(dir.path(), &["client", "add", "--name", "a shop"]));

    let log = holdfast(dir.path()).args(["audit-log", "--json"]).env("USER", "ada").output().unwrap();
    let log = json(&log)["items"].clone();
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
