//! Property tests of the rules. Random sequences of commands and clock changes run through the writer's batches, on a few
//! maps instead of a database. The promises are checked after each batch. Neither the state that the writer keeps between
//! batches nor the way in which commands share batches may change a reply.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a property test that cannot go on has failed")]

mod script;
mod test_writer;
mod transitions;

use crate::{
    batch::Decisions,
    command::{Action, Command, Idempotent, PlaceHold, Reply},
    model::{HoldId, Order, Product, ProductDetails, Quantity, Refusal, Shopper, Timestamp},
    simulation::{invariants, tables::Tables},
};
use proptest::prelude::*;
use script::{ScriptedBatch, script};
use test_writer::TestWriter;
use uuid::Uuid;

fn settings() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// The same commands, each in a batch of its own.
fn one_command_per_batch(script: &[ScriptedBatch]) -> Vec<ScriptedBatch> {
    let split = |batch: &ScriptedBatch| {
        let now = batch.now;
        let one = |command: &Command| ScriptedBatch { now, commands: vec![command.clone()] };
        batch.commands.iter().map(one).collect::<Vec<_>>()
    };
    script.iter().flat_map(split).collect()
}

/// Runs a script and checks the promises after each batch.
fn run(script: &[ScriptedBatch], writer: &mut TestWriter) -> Vec<Decisions> {
    let mut all = Vec::new();
    for batch in script {
        let before = writer.tables.clone();
        all.push(writer.execute(&batch.commands, batch.now));
        invariants::check(&before, &writer.tables);
    }
    all
}

/// The stored rows without what depends on the number of commits.
fn rows(tables: &Tables) -> impl PartialEq + std::fmt::Debug + use<> {
    let stock: Vec<_> = tables.products.values().map(|p| (p.stock, p.details(), p.status, p.revision)).collect();
    let Tables { holds, mut orders, payments, refunds, audit_log, mut keys, .. } = tables.clone();
    for order in orders.values_mut() {
        order.version = 0;
    }
    for record in keys.values_mut() {
        record.reply = unversioned(record.reply.clone());
    }
    (stock, holds, orders, payments, refunds, audit_log, keys)
}

/// The reply without what depends on the number of commits.
fn unversioned(reply: Reply) -> Reply {
    match reply {
        Reply::Product(product) => {
            let updated_at = Timestamp::default();
            Reply::Product(Box::new(Product { version: 0, updated_at, ..*product }))
        }
        Reply::Order(order) => Reply::Order(Order { version: 0, ..order }),
        other => other,
    }
}

/// The decisions as text, without what depends on the number of commits.
fn comparable(decisions: Vec<Decisions>) -> Vec<String> {
    let text = |decision: Result<Idempotent<Reply>, Refusal>| {
        format!("{:?}", decision.map(|done| Idempotent { value: unversioned(done.value), ..done }))
    };
    decisions.into_iter().flatten().map(text).collect()
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn the_promises_hold_after_every_batch(script in script()) {
        run(&script, &mut TestWriter::new(true));
    }

    #[test]
    fn a_refusal_writes_nothing_but_what_was_due(script in script()) {
        let mut writer = TestWriter::new(true);
        for batch in one_command_per_batch(&script) {
            let before = writer.tables.clone();
            let decision = writer.execute(&batch.commands, batch.now).remove(0);
            let Err(refusal) = decision else { continue };
            let after = &writer.tables;
            prop_assert_eq!(after.holds.len(), before.holds.len());
            prop_assert_eq!(after.audit_log.len(), before.audit_log.len());
            prop_assert_eq!(&after.keys, &before.keys);
            let changed = |id| before.orders[id].state != after.orders[id].state && !before.orders[id].is_due(batch.now);
            prop_assert!(!before.orders.keys().any(changed));
            let changed = |id| before.holds[id] != after.holds[id] && !before.holds[id].is_due(batch.now);
            prop_assert!(!before.holds.keys().any(changed));
            if let (Refusal::SoldOut { available, .. }, Command::PlaceHold(place)) = (refusal, &batch.commands[0]) {
                prop_assert!(available < place.qty.get());
                let due = after.next_due_of(place.product).is_some_and(|at| at <= batch.now);
                prop_assert!(!due, "P4: sold out although something is due");
            }
        }
    }

    #[test]
    fn a_granted_key_returns_its_stored_reply(script in script()) {
        let mut writer = TestWriter::new(true);
        for batch in one_command_per_batch(&script) {
            let command = &batch.commands[0];
            let decision = writer.execute(&batch.commands, batch.now).remove(0);
            let keyed = command.requester().is_some_and(|by| by.idempotency.is_some());
            let (Ok(Idempotent { value, .. }), true) = (decision, keyed) else { continue };
            let held = writer.tables.holds.len();
            // Also on a node that has loaded nothing yet.
            writer.clear_state();
            let again = writer.execute(&batch.commands, batch.now);
            prop_assert_eq!(again, vec![Ok(Idempotent { value, replayed: true })]);
            prop_assert_eq!(writer.tables.holds.len(), held);
        }
    }

    #[test]
    fn the_state_between_batches_changes_no_reply(script in script()) {
        let (mut keeps, mut clears) = (TestWriter::new(true), TestWriter::new(false));
        let (kept, cleared) = (run(&script, &mut keeps), run(&script, &mut clears));
        prop_assert_eq!(comparable(kept), comparable(cleared));
        prop_assert_eq!(rows(&keeps.tables), rows(&clears.tables));
    }

    #[test]
    fn the_state_between_batches_equals_the_tables(script in script()) {
        let mut writer = TestWriter::new(true);
        for batch in script {
            writer.execute(&batch.commands, batch.now);
            prop_assert_eq!(writer.stale_state(), Vec::<String>::new());
        }
    }

    #[test]
    fn sharing_a_batch_changes_no_reply(script in script()) {
        let (mut shared, mut single) = (TestWriter::new(true), TestWriter::new(true));
        let (together, apart) = (run(&script, &mut shared), run(&one_command_per_batch(&script), &mut single));
        prop_assert_eq!(comparable(together), comparable(apart));
        prop_assert_eq!(rows(&shared.tables), rows(&single.tables));
    }
}

/// An edit that sets a limit is in a batch of its own, because a batch loads a limit's usage before it decides. In one batch
/// with two holds, both would be granted.
#[test]
fn the_batch_of_its_own_keeps_an_edit_of_the_limit_from_exceeding_it() {
    let now = script::noon();
    let product = script::products(now).remove(0);
    let details = ProductDetails { per_shopper_limit: Some(1), ..product.details() };
    let hold = |nth: u128| {
        let (id, shopper) = (HoldId(Uuid::from_u128(nth)), Shopper::try_from("ada".to_owned()).ok());
        let qty = Quantity::try_from(1_i64).unwrap();
        Command::PlaceHold(PlaceHold { id, product: product.id, qty, shopper, by: script::by(None, "") })
    };
    let edit = Action::EditProduct { product: product.id, revision: 1, details: Box::new(details) };
    let add = script::operate(1, Action::AddProduct(Box::new(product.clone())), None);
    let commands = [script::operate(2, edit, None), hold(3), hold(4)];
    let over = |grouped: bool| {
        let mut writer = TestWriter::new(true);
        writer.execute(std::slice::from_ref(&add), now);
        let before = writer.tables.clone();
        let groups: Vec<&[Command]> =
            if grouped { commands.chunk_by(Command::share_a_batch).collect() } else { vec![&commands] };
        for group in groups {
            writer.execute(group, now);
        }
        let mut edited = before;
        // The limit counts from the edit on.
        edited.products.clone_from(&writer.tables.products);
        edited.audit_log.clone_from(&writer.tables.audit_log);
        invariants::over_limit(&edited, &writer.tables)
    };
    assert_eq!(over(true), Vec::<String>::new());
    assert_eq!(over(false).len(), 1);
}
