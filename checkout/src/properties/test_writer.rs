//! A writer without a queue, a task or a database: load, take back, decide, commit, on a disk of a few maps.

use crate::{
    clock::{Clock, IdGenerator},
    command::{Command, Reply},
    decide,
    model::{Refusal, Timestamp},
    simulation::tables::{Constraints, Tables},
    state::{LoadRequest, State},
};
use std::sync::Arc;

/// For each command what it was told, and whether that was a repetition.
pub(super) type Answers = Vec<Result<(Reply, bool), Refusal>>;

pub(super) struct TestWriter {
    pub(super) disk: Tables,
    state: State,
    ids: IdGenerator,
    /// Does it keep what it knows from one batch to the next?
    keeps: bool,
}

/// Batches have ids; nobody looks at their age.
struct NoTime;

impl Clock for NoTime {
    fn now(&self) -> Timestamp {
        Timestamp::default()
    }
}

impl TestWriter {
    pub(super) fn new(keeps: bool) -> Self {
        Self { disk: Tables::default(), state: State::default(), ids: IdGenerator::new(Arc::new(NoTime)), keeps }
    }

    /// One batch, one commit.
    pub(super) fn serve(&mut self, commands: &[Command], now: Timestamp) -> Answers {
        self.load(commands, now);
        let answers = commands.iter().map(|command| self.decide(command, now)).collect();
        let writes = self.state.writes(&self.ids, now);
        let after = self.disk.clone().written(&writes, Constraints::ALL);
        self.disk = after.unwrap_or_else(|| panic!("a lone writer lost a race: {writes:?}"));
        self.state.end_batch();
        if !self.keeps {
            self.forget();
        }
        answers
    }

    pub(super) fn forget(&mut self) {
        self.state.clear();
    }

    /// What is remembered and is not so on disk: between batches there must be nothing.
    pub(super) fn false_memories(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for product in self.disk.products.values() {
            let Some(product_state) = self.state.product_state(product.id) else { continue };
            // What is thought to be due sooner than anything is costs a look; later, and units would stay away (P4).
            let due = self.disk.next_due_of(product.id);
            let late = due.is_some_and(|due| product_state.next_due.is_none_or(|at| at > due));
            if product_state.product != *product || late {
                wrong.push(format!("{product_state:?} is {product:?}, due {due:?}"));
            }
        }
        for id in self.disk.holds.keys() {
            let (known, is) = (self.state.claim(*id).map(|(_, claim)| claim), self.disk.claim(*id));
            if known.is_some() && known != is.as_ref() {
                wrong.push(format!("{known:?} is {is:?}"));
            }
        }
        for payment in self.disk.payments.values() {
            let known = self.state.event(&payment.key);
            if known.is_some_and(|known| known != payment) {
                wrong.push(format!("{known:?} is {payment:?}"));
            }
        }
        for record in self.disk.keys.values() {
            let known = self.state.key(record.owner, &record.idempotency.key);
            if known.is_some_and(|known| known != record) {
                wrong.push(format!("{known:?} is {record:?}"));
            }
        }
        wrong
    }

    fn load(&mut self, commands: &[Command], now: Timestamp) {
        loop {
            let mut request = LoadRequest::at(now);
            for command in commands {
                decide::missing_data(&self.state, command, &mut request);
            }
            let request = self.state.not_yet_requested(request);
            if request.is_empty() {
                return;
            }
            let loaded = self.disk.load(&request);
            assert!(self.state.merge(&request, loaded), "nobody else writes");
        }
    }

    fn decide(&mut self, command: &Command, now: Timestamp) -> Result<(Reply, bool), Refusal> {
        let mut back = 0;
        while let Some(product) = decide::needs_reclaim(&self.state, command, now) {
            let request = self.state.due_request(product, now);
            let loaded = self.disk.load(&request);
            let due: Vec<_> = loaded.due.iter().flat_map(|(_, holds, _)| holds.iter().copied()).collect();
            assert!(self.state.merge(&request, loaded), "nobody else writes");
            let (effects, units) = decide::reclaim(&self.state, product, &due, now);
            for effect in effects {
                self.state.apply(effect);
            }
            back += units;
            if matches!(command, Command::Sweep(_)) {
                break;
            }
        }
        let decision = decide::decide(&self.state, command, now)?;
        let reply = if matches!(command, Command::Sweep(_)) { Reply::Swept(back) } else { decision.reply };
        for effect in decision.effects {
            self.state.apply(effect);
        }
        Ok((reply, decision.replayed))
    }
}
