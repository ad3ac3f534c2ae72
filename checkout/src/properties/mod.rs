//! Properties of the rules: random sequences of commands and clock movements go straight to `decide`, with a few maps for
//! a disk. After each batch the promises are checked; and neither what the writer remembers between batches nor how
//! commands share them may show in any answer.

#![expect(clippy::unwrap_used, reason = "a script that cannot be written has failed")]

mod script;
mod test_writer;
mod transitions;

use crate::{
    command::{Command, Reply},
    model::Refusal,
    simulation::{invariants, tables::Tables},
};
use proptest::prelude::*;
use script::{Batch, script};
use test_writer::{Answers, TestWriter};

fn settings() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

fn alone(script: &[Batch]) -> Vec<Batch> {
    let one = |batch: &Batch| {
        let now = batch.now;
        batch.commands.iter().map(move |command| Batch { now, commands: vec![command.clone()] }).collect::<Vec<_>>()
    };
    script.iter().flat_map(one).collect()
}

/// Plays a script, and checks the promises after each batch.
fn play(script: &[Batch], writer: &mut TestWriter) -> Vec<Answers> {
    let mut all = Vec::new();
    for batch in script {
        let before = writer.disk.clone();
        all.push(writer.serve(&batch.commands, batch.now));
        invariants::check(&before, &writer.disk);
    }
    all
}

/// What is on disk, apart from how many commits it took.
fn rows(disk: &Tables) -> impl PartialEq + std::fmt::Debug + use<> {
    let stock: Vec<_> = disk.products.values().map(|p| p.stock).collect();
    let Tables { holds, orders, payments, keys, .. } = disk.clone();
    (stock, holds, orders, payments, keys)
}

/// An answer, apart from how many commits it took.
fn told(answers: Vec<Answers>) -> Vec<String> {
    let tell = |answer: Result<(Reply, bool), Refusal>| match answer {
        Ok((Reply::Product(product), _)) => format!("{:?}", product.stock),
        other => format!("{other:?}"),
    };
    answers.into_iter().flatten().map(tell).collect()
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn the_promises_hold_after_every_batch(script in script()) {
        play(&script, &mut TestWriter::new(true));
    }

    #[test]
    fn a_refusal_writes_nothing_but_what_was_due(script in script()) {
        let mut writer = TestWriter::new(true);
        for batch in alone(&script) {
            let before = writer.disk.clone();
            let answer = writer.serve(&batch.commands, batch.now).remove(0);
            let Err(refusal) = answer else { continue };
            let after = &writer.disk;
            prop_assert_eq!(after.holds.len(), before.holds.len());
            prop_assert_eq!(&after.keys, &before.keys);
            let changed = |id| before.orders[id].state != after.orders[id].state && !before.orders[id].is_due(batch.now);
            prop_assert!(!before.orders.keys().any(changed));
            let changed = |id| before.holds[id] != after.holds[id] && !before.holds[id].is_due(batch.now);
            prop_assert!(!before.holds.keys().any(changed));
            if let (Refusal::SoldOut { available, .. }, Command::PlaceHold(place)) = (refusal, &batch.commands[0]) {
                prop_assert!(available < place.qty.get());
                let due = after.next_due_of(place.product).is_some_and(|at| at <= batch.now);
                prop_assert!(!due, "P4: sold out, and something is due");
            }
        }
    }

    #[test]
    fn a_granted_key_gets_its_answer_again(script in script()) {
        let mut writer = TestWriter::new(true);
        for batch in alone(&script) {
            let command = &batch.commands[0];
            let answer = writer.serve(&batch.commands, batch.now).remove(0);
            let keyed = command.requester().is_some_and(|by| by.idempotency.is_some());
            let (Ok((reply, _)), true) = (answer, keyed) else { continue };
            let held = writer.disk.holds.len();
            // Also on a node that knows nothing.
            writer.forget();
            prop_assert_eq!(writer.serve(&batch.commands, batch.now), vec![Ok((reply, true))]);
            prop_assert_eq!(writer.disk.holds.len(), held);
        }
    }

    #[test]
    fn what_is_remembered_between_batches_shows_in_no_answer(script in script()) {
        let (mut keeps, mut forgets) = (TestWriter::new(true), TestWriter::new(false));
        let (kept, forgot) = (play(&script, &mut keeps), play(&script, &mut forgets));
        prop_assert_eq!(told(kept), told(forgot));
        prop_assert_eq!(rows(&keeps.disk), rows(&forgets.disk));
    }

    #[test]
    fn what_is_remembered_is_what_is_on_disk(script in script()) {
        let mut writer = TestWriter::new(true);
        for batch in script {
            writer.serve(&batch.commands, batch.now);
            prop_assert_eq!(writer.false_memories(), Vec::<String>::new());
        }
    }

    #[test]
    fn how_commands_share_batches_shows_in_no_answer(script in script()) {
        let (mut shared, mut single) = (TestWriter::new(true), TestWriter::new(true));
        let (together, apart) = (play(&script, &mut shared), play(&alone(&script), &mut single));
        prop_assert_eq!(told(together), told(apart));
        prop_assert_eq!(rows(&shared.disk), rows(&single.disk));
    }
}
