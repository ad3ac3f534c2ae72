//! Operators, their sessions and links, and the audit log.

use crate::{
    outbox::{claim, mail},
    shop::{Shop, entry, noon},
};
use checkout::{
    model::{Actor, AuditEntry, AuditObject, ChangeReason, JobKind, JobSubject, NewJob, Timestamp, Topic},
    store::{
        AuditFilter,
        operators::{
            Hidden, LinkPurpose, OneTimeLink, Operator, OperatorChange, OperatorId, OperatorSession, Role,
            SignInFailures,
        },
    },
};
use std::time::Duration;
use uuid::Uuid;

const HOUR: Duration = Duration::from_hours(1);

fn id(n: u128) -> OperatorId {
    Uuid::from_u128(n).into()
}

fn operator(n: u128, role: Role) -> Operator {
    Operator {
        id: id(n),
        email: format!("operator{n}@example.com").parse().unwrap(),
        name: "Ada".to_owned(),
        role,
        password_hash: Some(Hidden("$argon2id$".to_owned())),
        totp_secret: Some(Hidden(vec![7; 20])),
        totp_last_step: Some(4),
        created_at: noon(),
        disabled_at: None,
    }
}

fn session(n: u128, of: u128) -> OperatorSession {
    OperatorSession {
        id: Uuid::from_u128(n),
        token_hash: Hidden([u8::try_from(n).unwrap(); 32]),
        operator_id: id(of),
        complete: true,
        created_at: noon(),
        last_seen_at: noon() + HOUR,
        password_at: noon() + HOUR * 2,
        ends_at: noon() + HOUR * 20,
        address: "192.0.2.1".to_owned(),
        device: "Firefox on Linux".to_owned(),
    }
}

async fn change(shop: &Shop, change: OperatorChange) -> bool {
    shop.store.operators().change(vec![change], None).await.unwrap()
}

async fn add(shop: &Shop, n: u128, role: Role) -> Operator {
    let operator = operator(n, role);
    assert!(change(shop, OperatorChange::Add(operator.clone())).await);
    operator
}

async fn entries(shop: &Shop) -> Vec<AuditEntry> {
    shop.store.audit_log().list(&AuditFilter::default(), None, 100).await.unwrap()
}

crate::scenarios! {
    async fn an_operator_is_read_as_it_was_written(shop: Shop) {
        let full = Operator { disabled_at: Some(noon() + HOUR), ..operator(1, Role::Money) };
        let bare = Operator {
            name: String::new(),
            password_hash: None,
            totp_secret: None,
            totp_last_step: None,
            ..operator(2, Role::Viewer)
        };
        for operator in [&full, &bare] {
            assert!(change(&shop, OperatorChange::Add(operator.clone())).await);
        }
        let operators = shop.store.operators();
        assert_eq!(operators.all().await.unwrap(), [full.clone(), bare.clone()]);
        assert_eq!(operators.find(id(1)).await.unwrap(), Some(full));
        assert_eq!(operators.find_by_email(&bare.email).await.unwrap(), Some(bare));
        assert_eq!(operators.find(id(3)).await.unwrap(), None);
        let shown = format!("{:?}", operators.all().await.unwrap());
        assert!(!shown.contains("argon2id") && !shown.contains("[7, 7"), "{shown}");
    }

    async fn a_change_and_its_entry_are_written_together_or_not_at_all(shop: Shop) {
        let operators = shop.store.operators();
        let first = OperatorChange::Add(operator(1, Role::Admin));
        assert!(operators.change(vec![first], Some(entry(1, "operator.invite"))).await.unwrap());
        // The address is taken, so neither the session nor the entry is written.
        let taken = Operator { id: id(2), ..operator(1, Role::Admin) };
        let refused = vec![OperatorChange::AddSession(session(5, 1)), OperatorChange::Add(taken)];
        assert!(!operators.change(refused, Some(entry(2, "operator.invite"))).await.unwrap());
        assert_eq!(operators.sessions(id(1), noon(), noon()).await.unwrap(), []);
        // An entry that cannot be written takes its change with it.
        let twice = vec![OperatorChange::Add(operator(3, Role::Admin))];
        assert!(operators.change(twice, Some(entry(1, "operator.invite"))).await.is_err());
        assert_eq!(operators.all().await.unwrap().len(), 1);
        assert_eq!(entries(&shop).await, [entry(1, "operator.invite")]);
    }

    async fn the_last_active_administrator_stays(shop: Shop) {
        let (demote, disable) = (
            |n| OperatorChange::SetRole { id: id(n), expected: Role::Admin, role: Role::Viewer },
            |n| OperatorChange::Disable { id: id(n), at: noon() },
        );
        add(&shop, 1, Role::Admin).await;
        add(&shop, 2, Role::Seller).await;
        assert!(!change(&shop, demote(1)).await && !change(&shop, disable(1)).await);
        assert!(change(&shop, disable(2)).await, "others can be disabled");
        assert!(!change(&shop, disable(2)).await, "once");
        add(&shop, 3, Role::Admin).await;
        assert!(change(&shop, disable(3)).await);
        assert!(!change(&shop, demote(1)).await, "a disabled administrator does not count");
        assert!(change(&shop, OperatorChange::Enable(id(3))).await);
        assert!(!change(&shop, OperatorChange::Enable(id(3))).await, "once");
        assert!(!change(&shop, OperatorChange::SetRole { id: id(3), expected: Role::Seller, role: Role::Money }).await);
        // Two administrators who demote each other at once do not both succeed.
        let both = futures::future::join(change(&shop, demote(1)), change(&shop, demote(3))).await;
        assert!(both.0 ^ both.1, "{both:?}");
    }

    async fn a_code_of_the_app_works_once(shop: Shop) {
        add(&shop, 1, Role::Admin).await;
        let step = |step| OperatorChange::UseTotpStep { id: id(1), step };
        assert!(!change(&shop, step(4)).await, "it was used");
        assert!(change(&shop, step(6)).await);
        assert!(!change(&shop, step(6)).await && !change(&shop, step(5)).await);
        let racers = (0..8).map(|_| change(&shop, step(7)));
        assert_eq!(futures::future::join_all(racers).await.into_iter().filter(|done| *done).count(), 1);
        assert!(change(&shop, OperatorChange::SetTotp { id: id(1), totp: None }).await);
        assert!(!change(&shop, step(9)).await, "there is no second factor");
        assert!(change(&shop, OperatorChange::SetTotp { id: id(1), totp: Some((Hidden(vec![1; 20]), 10)) }).await);
        assert!(!change(&shop, step(10)).await && change(&shop, step(11)).await);
    }

    async fn a_recovery_code_works_once(shop: Shop) {
        add(&shop, 1, Role::Admin).await;
        let operators = shop.store.operators();
        let hashes = (1..=10).map(|n| Hidden([n; 32])).collect();
        assert!(change(&shop, OperatorChange::ReplaceRecoveryCodes { id: id(1), hashes }).await);
        let code = |n| OperatorChange::UseRecoveryCode { id: id(1), hash: Hidden([n; 32]), at: noon() };
        assert!(change(&shop, code(3)).await && !change(&shop, code(3)).await && !change(&shop, code(11)).await);
        assert_eq!(operators.recovery_codes_left(id(1)).await.unwrap(), 9);
        let hashes = vec![Hidden([3; 32])];
        assert!(change(&shop, OperatorChange::ReplaceRecoveryCodes { id: id(1), hashes }).await);
        assert_eq!(operators.recovery_codes_left(id(1)).await.unwrap(), 1);
        assert!(!change(&shop, code(4)).await && change(&shop, code(3)).await);
    }

    async fn a_link_works_once_and_until_its_end(shop: Shop) {
        add(&shop, 1, Role::Admin).await;
        let link = |n| OneTimeLink {
            token_hash: Hidden([n; 32]),
            operator_id: id(1),
            purpose: LinkPurpose::Reset,
            created_at: noon(),
            ends_at: noon() + HOUR,
            used_at: None,
        };
        let using = |n, at: Timestamp| OperatorChange::UseLink { token_hash: Hidden([n; 32]), at };
        let operators = shop.store.operators();
        assert!(change(&shop, OperatorChange::AddLink(link(1))).await);
        assert!(change(&shop, OperatorChange::AddLink(link(2))).await);
        assert_eq!(operators.link(&[1; 32]).await.unwrap(), None, "a newer link replaces it");
        assert_eq!(operators.link(&[2; 32]).await.unwrap(), Some(link(2)));
        assert!(!change(&shop, using(1, noon())).await && !change(&shop, using(2, noon() + HOUR)).await);
        assert!(change(&shop, using(2, noon())).await && !change(&shop, using(2, noon())).await);
        assert_eq!(operators.link(&[2; 32]).await.unwrap(), Some(OneTimeLink { used_at: Some(noon()), ..link(2) }));
    }

    async fn a_mailed_link_works_beside_the_shown_one_until_one_is_used(shop: Shop) {
        add(&shop, 1, Role::Admin).await;
        let link = |n| OneTimeLink {
            token_hash: Hidden([n; 32]),
            operator_id: id(1),
            purpose: LinkPurpose::Reset,
            created_at: noon(),
            ends_at: noon() + HOUR,
            used_at: None,
        };
        let operators = shop.store.operators();
        assert!(change(&shop, OperatorChange::AddLink(link(1))).await);
        assert!(change(&shop, OperatorChange::AddFurtherLink(link(2))).await);
        assert_eq!(operators.link(&[1; 32]).await.unwrap(), Some(link(1)));
        assert_eq!(operators.link(&[2; 32]).await.unwrap(), Some(link(2)));
        // The links of another operator stay.
        add(&shop, 2, Role::Admin).await;
        let foreign = OneTimeLink { operator_id: id(2), ..link(3) };
        assert!(change(&shop, OperatorChange::AddFurtherLink(foreign.clone())).await);
        let others = OperatorChange::EndOtherLinks { operator: id(1), except: Hidden([2; 32]) };
        assert!(change(&shop, others.clone()).await && change(&shop, others).await);
        assert_eq!(operators.link(&[1; 32]).await.unwrap(), None);
        assert_eq!(operators.link(&[2; 32]).await.unwrap(), Some(link(2)));
        assert_eq!(operators.link(&[3; 32]).await.unwrap(), Some(foreign));
    }

    async fn a_change_and_its_mail_are_written_together_or_not_at_all(shop: Shop) {
        let operators = shop.store.operators();
        let job = |n: u128, key: &str| {
            let subject = JobSubject { operator: Some(id(1).0), ..JobSubject::default() };
            let (topic, unique_key) = (Topic::OperatorInvited, Some(key.to_owned()));
            OperatorChange::AddJob(Box::new(NewJob { topic, subject, unique_key, ..mail(n) }))
        };
        let invite = vec![OperatorChange::Add(operator(1, Role::Admin)), job(1, "mail/a")];
        assert!(operators.change(invite, Some(entry(1, "operator.invite"))).await.unwrap());
        // A mail with a known key is left out, and keeps back no change.
        let reset = vec![job(2, "mail/a"), OperatorChange::AddSession(session(5, 1))];
        assert!(operators.change(reset, None).await.unwrap());
        assert_eq!(operators.sessions(id(1), noon(), noon()).await.unwrap().len(), 1);
        // A change that is refused takes its mail with it, whichever comes first.
        let refused = || OperatorChange::SetRole { id: id(1), expected: Role::Viewer, role: Role::Money };
        for changes in [vec![job(3, "mail/b"), refused()], vec![refused(), job(3, "mail/b")]] {
            assert!(!operators.change(changes, Some(entry(2, "operator.role"))).await.unwrap());
        }
        let jobs = claim(&shop, JobKind::Mail, 1, 9).await;
        assert_eq!(jobs.iter().map(|job| (job.id.0.as_u128(), job.subject.operator)).collect::<Vec<_>>(), [(1, Some(id(1).0))]);
        assert_eq!(entries(&shop).await, [entry(1, "operator.invite")]);
    }

    async fn a_session_is_renewed_and_ended_on_every_node(shop: Shop) {
        for n in [1, 2] {
            add(&shop, n, Role::Admin).await;
        }
        let other = checkout::store::open(&shop.database.url()).await.unwrap();
        let find = async |n: u8, now: Timestamp| other.operators().session(&[n; 32], now, now - HOUR * 12).await.unwrap();
        let first = OperatorSession { complete: false, ..session(5, 1) };
        for session in [first.clone(), session(6, 1), session(7, 2)] {
            assert!(change(&shop, OperatorChange::AddSession(session)).await);
        }
        assert_eq!(find(5, noon()).await, Some(first.clone()));
        let renewed = OperatorSession { token_hash: Hidden([50; 32]), complete: true, ..first };
        let renew = OperatorChange::RenewSession { expected: Hidden([5; 32]), session: renewed.clone() };
        assert!(change(&shop, renew.clone()).await && !change(&shop, renew).await);
        assert_eq!((find(5, noon()).await, find(50, noon()).await), (None, Some(renewed.clone())));
        // It ends after twelve hours without use, and after twenty in any case.
        assert_eq!(find(50, noon() + HOUR * 13).await, None);
        let operators = shop.store.operators();
        operators.touch_session(renewed.id, noon() + HOUR * 12, noon()).await.unwrap();
        assert_eq!(find(50, noon() + HOUR * 13).await, None, "it was seen too recently to record it again");
        operators.touch_session(renewed.id, noon() + HOUR * 12, noon() + HOUR * 11).await.unwrap();
        assert!(find(50, noon() + HOUR * 13).await.is_some());
        assert_eq!(find(50, noon() + HOUR * 20).await, None);
        operators.confirm_password(renewed.id, noon() + HOUR * 3).await.unwrap();
        assert_eq!(find(50, noon()).await.map(|session| session.password_at), Some(noon() + HOUR * 3));

        let listed: Vec<_> = operators.sessions(id(1), noon(), noon()).await.unwrap().iter().map(|s| s.id).collect();
        assert_eq!(listed, [renewed.id, Uuid::from_u128(6)], "the last used first");
        let end = |operator, n| OperatorChange::EndSession { operator: id(operator), id: Uuid::from_u128(n) };
        assert!(!change(&shop, end(2, 6)).await, "it is another operator's");
        assert!(change(&shop, end(1, 6)).await);
        assert_eq!(find(6, noon()).await, None);
        assert!(change(&shop, OperatorChange::EndSessions { operator: id(1), except: Some(renewed.id) }).await);
        assert!(find(50, noon()).await.is_some());
        assert!(change(&shop, OperatorChange::EndSessions { operator: id(1), except: None }).await);
        assert!(find(50, noon()).await.is_none() && find(7, noon()).await.is_some());
        assert_eq!(operators.purge(noon() + HOUR * 20, noon(), noon()).await.unwrap(), 1);
    }

    async fn failures_are_counted_one_by_one(shop: Shop) {
        let operators = shop.store.operators();
        let email = [1; 32];
        let failures = |failures| Some(SignInFailures { failures, next_at: noon() + HOUR });
        assert_eq!(operators.failures(&email).await.unwrap(), None);
        let racers = (0..8).map(|_| operators.set_failures(&email, None, failures(1)));
        let counted = futures::future::join_all(racers).await.into_iter().filter(|done| *done.as_ref().unwrap()).count();
        assert_eq!((counted, operators.failures(&email).await.unwrap()), (1, failures(1)));
        assert!(!operators.set_failures(&email, Some(2), failures(3)).await.unwrap());
        assert!(operators.set_failures(&email, Some(1), failures(2)).await.unwrap());
        assert!(!operators.set_failures(&email, Some(1), None).await.unwrap());
        assert!(operators.set_failures(&email, Some(2), None).await.unwrap());
        assert_eq!(operators.failures(&email).await.unwrap(), None);
    }

    async fn the_audit_log_is_listed_by_filter_and_page(shop: Shop) {
        let log = shop.store.audit_log();
        let at = |n: u64| noon() + Duration::from_secs(n);
        let entry = |n: u64, name: &str, action: &'static str, order: u64| AuditEntry {
            id: Uuid::new_v7(uuid::Timestamp::from_unix_time(u64::try_from(at(n).as_millis()).unwrap() / 1000, 0, 0, 0)).into(),
            at: at(n),
            actor: Actor { kind: checkout::model::ActorKind::Operator, id: Some(Uuid::from_u128(1)), name: name.to_owned() },
            action: action.into(),
            object: AuditObject::new("order", order),
            before: Some(r#"{"b": 1,  "a":2}"#.to_owned()),
            after: None,
            reason: Some(ChangeReason::try_from("it's = \"broken\"; DROP TABLE".to_owned()).unwrap()),
        };
        let all = [
            entry(1, "ada@example.com", "order.cancel", 1),
            entry(2, "ada@example.com", "orders.export", 2),
            entry(3, "bob@example.com", "order.refund", 1),
            entry(4, "bob@example.com", "order.cancel", 2),
        ];
        for entry in &all {
            log.append(entry).await.unwrap();
        }
        let list = async |filter: AuditFilter| -> Vec<usize> {
            let found = log.list(&filter, None, 10).await.unwrap();
            found.iter().map(|found| 1 + all.iter().position(|entry| entry == found).unwrap()).collect()
        };
        let text = |text: &str| Some(text.to_owned());
        let none = AuditFilter::default;
        assert_eq!(list(none()).await, [4, 3, 2, 1]);
        assert_eq!(list(AuditFilter { actor: text("ada@example.com"), ..none() }).await, [2, 1]);
        assert_eq!(list(AuditFilter { action: text("order"), ..none() }).await, [4, 3, 1]);
        assert_eq!(list(AuditFilter { action: text("order.cancel"), ..none() }).await, [4, 1]);
        assert_eq!(list(AuditFilter { action: text("%"), ..none() }).await, [0; 0]);
        assert_eq!(list(AuditFilter { object_kind: text("order"), object_id: text("1"), ..none() }).await, [3, 1]);
        assert_eq!(list(AuditFilter { actor: text("' OR 1=1 --"), ..none() }).await, [0; 0]);
        assert_eq!(list(AuditFilter { since: Some(at(2)), until: Some(at(4)), ..none() }).await, [3, 2]);
        let page = log.list(&none(), Some(all[2].id), 1).await.unwrap();
        assert_eq!(page, [all[1].clone()]);
    }
}
