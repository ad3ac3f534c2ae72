//! Property tests of the rules. Random sequences of commands and clock changes run through the writer's batches, on a few
//! maps instead of a database. The promises are checked after each batch. Neither the state that the writer keeps between
//! batches nor the way in which commands share batches may change a reply.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a property test that cannot go on has failed")]

mod script;
mod test_writer;
mod transitions;

use crate::{
    batch::Decisions,
    command::{Command, Idempotent, Reply},
    model::Refusal,
    simulation::{invariants, tables::Tables},
};
use proptest::prelude::*;
use script::{ScriptedBatch, script};
use test_writer::TestWriter;

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
    let stock: Vec<_> = tables.products.values().map(|p| p.stock).collect();
    let Tables { holds, orders, payments, keys, .. } = tables.clone();
    (stock, holds, orders, payments, keys)
}

/// The decisions as text, without what depends on the number of commits.
fn comparable(decisions: Vec<Decisions>) -> Vec<String> {
    let text = |decision: Result<Idempotent<Reply>, Refusal>| match decision {
        Ok(Idempotent { value: Reply::Product(product), .. }) => format!("{:?}", product.stock),
        other => format!("{other:?}"),
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
