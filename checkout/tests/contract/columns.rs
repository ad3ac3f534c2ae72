//! The stores' statements know every column of the schema, and a row is read as it was written.

use crate::{
    database::Database,
    shop::{entry, event, noon, owner, shopper},
};
use checkout::{
    IssueRefund, Restock,
    model::{
        Actor, EndpointId, EventOutcome, HoldState, Job, JobId, JobKind, JobState, JobSubject, NewJob, OrderState,
        PaymentStatus::{Failure, Success},
        Picture, ProductDetails, ProductStatus, Reference, RefundReason, RefundReference, RefundStep, ReportedAmount,
        SaleWindow, ScopeSet, SpecificationRow, Topic,
    },
    store::{
        self, known_columns,
        outbox::{ClaimRequest, JobOutcome, JobResult},
    },
};
use std::time::Duration;
use uuid::Uuid;

/// A column as text: table, name, type, and whether it may be empty.
type Column = (String, String, String, bool);

/// Columns that the database fills in by itself, so that no statement of a store names them.
const GENERATED: [(&str, &str); 9] = [
    ("idempotency_keys", "nth"),
    ("product_pictures", "product_id"),
    ("product_pictures", "picture_id"),
    ("stock_events", "ever_held"),
    ("stock_events", "ever_ordered"),
    ("stock_events", "ever_paid"),
    ("sale_revenue", "product_id"),
    ("sale_revenue", "paid"),
    ("sale_revenue", "returned"),
];

async fn columns_of_schema(database: &Database) -> Vec<Column> {
    let all = match database {
        Database::Sqlite(_) => {
            "SELECT t.name, c.name, c.type, NOT c.\"notnull\" FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> '_sqlx_migrations'"
        }
        Database::Postgres { .. } => {
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
        }
    };
    let columns: Vec<Column> = database.rows(all).await;
    let generated = |(table, name, ..): &Column| GENERATED.contains(&(table.as_str(), name.as_str()));
    columns.into_iter().filter(|column| !generated(column)).collect()
}

fn columns_of_statements(database: &Database) -> Vec<Column> {
    let type_name = |kind: &str| match (database, kind) {
        (Database::Sqlite(_), "Uuid" | "Bytes") => "BLOB",
        (Database::Sqlite(_), "Text" | "Json") => "TEXT",
        (Database::Sqlite(_), "Integer" | "Boolean" | "Instant") => "INTEGER",
        (Database::Postgres { .. }, "Uuid") => "uuid",
        (Database::Postgres { .. }, "Bytes") => "bytea",
        (Database::Postgres { .. }, "Text") => "text",
        (Database::Postgres { .. }, "Json") => "jsonb",
        (Database::Postgres { .. }, "Integer") => "bigint",
        (Database::Postgres { .. }, "Boolean") => "boolean",
        (Database::Postgres { .. }, "Instant") => "timestamp with time zone",
        (_, other) => panic!("a new kind of column: {other}"),
    };
    let columns = known_columns().into_iter();
    columns.map(|c| (c.table.to_owned(), c.name.to_owned(), type_name(&c.kind).to_owned(), c.nullable)).collect()
}

fn row(name: &str, value: &str) -> SpecificationRow {
    SpecificationRow { name: name.to_owned(), value: value.to_owned() }
}

crate::scenarios! {
    async fn the_statements_know_every_column_with_its_type(shop: Shop) {
        let mut schema = columns_of_schema(&shop.database).await;
        let mut statements = columns_of_statements(&shop.database);
        schema.sort();
        statements.sort();
        assert_eq!(statements, schema);
    }

    async fn a_product_is_read_as_it_was_written(shop: Shop) {
        let window = SaleWindow { starts_at: Some(noon()), ends_at: Some(noon() + Duration::from_hours(3)) };
        let added = shop
            .product("phone", 9, |draft| {
                draft.name = String::from("Phone \"9\"");
                draft.description = String::from("Ünïcode, and\na second line");
                draft.tagline = String::from("Ünïcode on \"one\" line.");
                draft.story = String::from("Ünïcode, and\n\na second \"paragraph\"");
                draft.specification = vec![row("Weight", "180 g"), row("Rätio \"x\"", "16:9")];
                draft.hue = Some(359);
                draft.featured = true;
                draft.image = String::from("/images/phone.avif");
                draft.per_shopper_limit = Some(4);
                draft.window = window;
                draft.hold_for = Duration::from_secs(61);
                draft.pay_within = Duration::from_secs(62);
                draft.extend_by = Some(Duration::from_secs(63));
                draft.ships = true;
            })
            .await;
        let bare = shop.product("bare", 1, |draft| draft.extend_by = None).await;
        assert_eq!(shop.store.reads().products().await.unwrap(), [added.clone(), bare]);
        // Each counter is a different number, and the version and the time have moved on.
        shop.advance(1);
        let paid = shop.ordered(added.id, 4).await;
        shop.pay(Reference::Order(paid.id), "tx", Success).await;
        shop.ordered(added.id, 2).await;
        shop.hold(added.id, 2).await;
        let written = shop.checkout.product(added.id).unwrap();
        assert_eq!((written.stock.available, written.stock.held, written.stock.pending, written.stock.sold), (1, 2, 2, 4));
        assert!(written.version > added.version && written.updated_at > added.updated_at);
        assert_eq!(shop.store.reads().products().await.unwrap()[0], *written);
        let stored = async |id| shop.store.reads().product(id).await.unwrap();
        assert_eq!((stored(added.id).await, stored(Uuid::nil().into()).await), (Some((*written).clone()), None));
    }

    async fn an_edited_product_is_read_as_it_was_written(shop: Shop) {
        let phone = shop.phone(9).await;
        let mut pictures = Vec::new();
        for nth in [2, 1] {
            pictures.push(Picture { alt: format!("Phone \"{nth}\", ünder glass"), ..shop.picture(nth).await });
        }
        let details = ProductDetails {
            name: "Phone 2".to_owned(),
            description: "A second\nedition".to_owned(),
            tagline: "Smaller, \"lighter\".".to_owned(),
            story: "A second\n\nstory".to_owned(),
            specification: vec![row("Weight", "170 g")],
            hue: Some(0),
            featured: true,
            image: "/pictures/2".to_owned(),
            pictures,
            price: checkout::model::Money { minor: 2999, ..phone.price },
            per_shopper_limit: Some(4),
            window: SaleWindow { starts_at: Some(noon()), ends_at: Some(noon() + Duration::from_hours(3)) },
            hold_for: Duration::from_secs(61),
            pay_within: Duration::from_secs(62),
            extend_by: None,
            ships: true,
        };
        let edited = shop.checkout.edit_product(phone.id, 1, details.clone(), Actor::system()).await.unwrap().value;
        assert_eq!((edited.details(), edited.revision, edited.slug.clone()), (details, 2, phone.slug.clone()));
        let stored = async || shop.store.reads().products().await.unwrap().remove(0);
        assert_eq!(stored().await, edited);
        let paused = shop.checkout.set_product_status(phone.id, ProductStatus::Paused, Actor::system()).await.unwrap().value;
        assert_eq!(stored().await, paused);
        assert_eq!((stored().await.status, stored().await.revision), (ProductStatus::Paused, 2));
        // Another node, which has nothing in memory, writes all that it has read.
        shop.second_node().await.set_product_status(phone.id, ProductStatus::Active, Actor::system()).await.unwrap();
        assert_eq!(stored().await.details(), edited.details());
    }

    async fn a_refund_is_read_as_it_was_written_in_every_state(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let order = shop.paid(phone, 3, "tx").await;
        let issue = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount: Some(1234), restock: Restock::Units(2) };
        let issued = shop.checkout.issue_refund(issue, Actor::system()).await.unwrap().value;
        let stored = async || shop.store.reads().refund(issue.id).await.unwrap().unwrap();
        assert_eq!(stored().await, issued);
        let now = shop.order_now(order.id).await;
        assert_eq!((now.refunds.issued, now.refunds.returned, now.refunds.restocked), (1234, 0, 2));
        let reference = |text: &str| RefundReference::try_from(text.to_owned()).unwrap();
        let steps = [
            (1, RefundStep::Send),
            (1, RefundStep::Accept { provider_reference: reference("re_0") }),
            (1, RefundStep::Fail { failure: "closed \"account\"".to_owned() }),
            (1, RefundStep::Retry),
            (2, RefundStep::Succeed { provider_reference: Some(reference("re_1")) }),
            (2, RefundStep::Fail { failure: "returned".to_owned() }),
            (2, RefundStep::DoneElsewhere { note: reference("by bank transfer") }),
        ];
        for (attempt, step) in steps {
            shop.advance(1);
            let after = shop.checkout.advance_refund(issue.id, attempt, step, Actor::system()).await.unwrap().value;
            assert_eq!(stored().await, after);
        }
        let now = shop.order_now(order.id).await;
        assert_eq!((now.refunds.issued, now.refunds.returned, now.refunds.restocked), (1234, 1234, 2));
        assert_eq!(shop.store.reads().refunds_of_order(order.id).await.unwrap(), [stored().await]);
    }

    async fn a_job_is_read_as_it_was_written_in_every_state(shop: Shop) {
        let id = |n| Uuid::from_u128(n);
        let subject = JobSubject {
            order: Some(id(2).into()),
            refund: Some(id(3).into()),
            product: Some(id(4).into()),
            operator: Some(id(5)),
            version: 7,
        };
        let (key, at) = ("webhook/1/6".to_owned(), noon() - Duration::from_millis(1));
        let webhook = NewJob::new(JobId(id(1)), JobKind::Webhook, Topic::RefundFailed, subject, key, at)
            .for_endpoint(EndpointId(id(6)))
            .with_body("{\"ünïcode\": \"and\na second line\"}".to_owned())
            .due_at(noon());
        let outbox = shop.store.outbox();
        assert_eq!(outbox.add(std::slice::from_ref(&webhook)).await.unwrap(), 1);
        let stored = async || outbox.job(webhook.id).await.unwrap().unwrap();
        let new = Job {
            id: webhook.id,
            kind: webhook.kind,
            topic: webhook.topic,
            subject: webhook.subject,
            endpoint: webhook.endpoint,
            body: webhook.body.clone(),
            state: JobState::Pending,
            due_at: webhook.due_at,
            claim: None,
            attempts: 0,
            last_error: None,
            created_at: webhook.created_at,
            done_at: None,
        };
        assert_eq!(stored().await, new);
        let until = noon() + Duration::from_secs(9);
        let request = ClaimRequest { kind: JobKind::Webhook, endpoint: None, claim: id(8), now: noon(), until, limit: 9 };
        let claimed = Job { due_at: until, claim: Some(id(8)), attempts: 1, ..new.clone() };
        assert_eq!((outbox.claim(request).await.unwrap(), stored().await), (vec![claimed.clone()], claimed.clone()));
        let dead = JobOutcome::Dead { error: "HTTP 410 \"gone\"".to_owned() };
        outbox.record(&[JobResult { id: new.id, claim: id(8), outcome: dead }], until).await.unwrap();
        let ended = Job { state: JobState::Dead, claim: None, done_at: Some(until), ..claimed };
        assert_eq!(stored().await, Job { last_error: Some("HTTP 410 \"gone\"".to_owned()), ..ended });
    }

    async fn a_hold_is_read_as_it_was_written_in_every_state(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let place = async || {
            let placed = shop.checkout.place_hold(phone, 2.try_into().unwrap(), owner(), Some(shopper("ada")), None);
            placed.await.unwrap().value
        };
        let stored = async |id| shop.store.reads().hold(id).await.unwrap().unwrap();
        let active = place().await;
        assert_eq!(stored(active.id).await, active);
        let extended = shop.checkout.extend_hold(active.id, owner(), None).await.unwrap().value;
        assert_eq!(stored(active.id).await, extended);
        let released = shop.checkout.release_hold(active.id, owner(), None).await.unwrap().value;
        assert_eq!((stored(active.id).await, released.state), (released.clone(), HoldState::Released));
        let used = place().await;
        let order = shop.order(used.id).await;
        assert_eq!(stored(used.id).await.state, HoldState::Ordered { order_id: order.id });
        let anonymous = shop.hold(phone, 1).await;
        assert_eq!(stored(anonymous.id).await, anonymous);
    }

    async fn an_order_and_its_payments_are_read_as_they_were_written_in_every_state(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let held = shop.checkout.place_hold(phone, 3.try_into().unwrap(), owner(), Some(shopper("ada")), None);
        let held = held.await.unwrap().value;
        let pending = shop.order(held.id).await;
        let reads = shop.store.reads();
        assert_eq!(reads.order(pending.id).await.unwrap(), Some(pending.clone()));
        shop.advance(1);
        let mut paying = event("evt", Reference::Order(pending.id), "tx", Success);
        paying.fingerprint = [0xF0; 32];
        paying.reported = ReportedAmount { amount: Some(5997), currency: Some("USD".parse().unwrap()) };
        shop.deliver(paying.clone()).await.unwrap();
        let paid = OrderState::Paid { paid_at: noon() + Duration::from_secs(1), transaction_id: paying.transaction_id.clone() };
        let now = shop.order_now(pending.id).await;
        assert!(now.version > pending.version && now.number.is_some());
        assert_eq!(now, checkout::model::Order { state: paid, version: now.version, ..pending.clone() });
        let [payment] = <[_; 1]>::try_from(shop.payments(&pending).await).unwrap();
        assert_eq!((payment.key, payment.fingerprint, payment.reference), (paying.key, paying.fingerprint, paying.reference));
        assert_eq!((payment.transaction_id, payment.status), (paying.transaction_id, paying.status));
        assert_eq!((payment.reported, payment.product_id), (paying.reported, Some(phone)));
        assert_eq!((payment.received_at, payment.outcome), (noon() + Duration::from_secs(1), EventOutcome::Applied));

        let ended = shop.ordered(phone, 1).await;
        let cancelled = shop.checkout.cancel_order(ended.id, owner(), None).await.unwrap().value;
        assert_eq!(reads.order(ended.id).await.unwrap(), Some(cancelled));
        // A payment that was parked, and then fell due for refund, changes in its row.
        let early = shop.hold(phone, 1).await;
        shop.pay(Reference::Hold(early.id), "early", Success).await;
        shop.pay(Reference::Hold(early.id), "declined", Failure).await;
        let parked: Vec<_> = reads.payments(early.id, None).await.unwrap().iter().map(|p| p.outcome).collect();
        assert_eq!(parked, [EventOutcome::Parked, EventOutcome::Parked]);
        shop.checkout.release_hold(early.id, owner(), None).await.unwrap();
        let after: Vec<_> = reads.payments(early.id, None).await.unwrap().iter().map(|p| p.outcome).collect();
        assert_eq!(after, [EventOutcome::RefundDue(RefundReason::OrderNeverCreated), EventOutcome::Ignored]);
    }

    async fn a_revoked_client_is_read_as_it_was_added(shop: Shop) {
        let client = store::ApiClient {
            id: uuid::Uuid::from_u128(9),
            name: "A shop".to_owned(),
            secret_hash: "$argon2id$".to_owned(),
            created_at: noon(),
            revoked_at: Some(noon() + Duration::from_secs(1)),
            scopes: ScopeSet::ALL,
        };
        let add = store::ClientChange::Add(client.clone());
        shop.store.clients().change(&add, &entry(1, "client.add"), None).await.unwrap();
        assert_eq!(shop.store.clients().all().await.unwrap(), [client]);
    }
}
