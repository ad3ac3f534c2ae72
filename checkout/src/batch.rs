//! Decides the commands of one batch inside a transaction: loads what they need, reclaims overdue stock where it is
//! short, and decides them in the order of arrival.

use crate::{
    command::{Command, Idempotent, Reply},
    decide,
    error::StoreError,
    model::{ProductId, Refusal, Timestamp},
    state::{LoadRequest, State},
    store::Transaction,
};
use std::collections::BTreeSet;

/// The result of each command of a batch, in order.
pub(crate) type Decisions = Vec<Result<Idempotent<Reply>, Refusal>>;

/// Rounds of loading before a batch must be decidable: a claim, then its product's limit, and one to see that nothing is
/// missing.
const MAX_LOAD_ROUNDS: usize = 5;

/// The commands of one batch, and what they are decided on.
pub(crate) struct Batch<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) transaction: &'a mut dyn Transaction,
    pub(crate) commands: &'a [Command],
    pub(crate) now: Timestamp,
}

impl Batch<'_> {
    /// Decides all commands and applies the decisions to the state. Returns `None` where the batch has decided on a product
    /// that another writer has changed since.
    pub(crate) async fn decide(mut self) -> Result<Option<Decisions>, StoreError> {
        if !self.load().await? {
            return Ok(None);
        }
        let mut decisions = Vec::with_capacity(self.commands.len());
        for command in self.commands {
            let Some(swept) = self.reclaim(command).await? else { return Ok(None) };
            decisions.push(self.decide_one(command, swept));
        }
        Ok(Some(decisions))
    }

    /// Loads in bulk what the commands need and memory lacks. Returns `false` on a conflict.
    async fn load(&mut self) -> Result<bool, StoreError> {
        for _ in 0..MAX_LOAD_ROUNDS {
            let mut missing = LoadRequest::at(self.now);
            for command in self.commands {
                decide::missing_data(self.state, command, &mut missing);
            }
            let mut request = self.state.not_yet_requested(missing);
            if request.is_empty() {
                return Ok(true);
            }
            request.touched = self.touched_products();
            let loaded = self.transaction.load(&request).await?;
            if !self.state.merge(&request, loaded) {
                return Ok(false);
            }
        }
        Err(StoreError::Corrupt("a batch never had all that it needs".to_owned()))
    }

    /// Reclaims overdue units where the command needs more than are available, in the same transaction: no shopper is told
    /// "sold out" because the sweep is late (P4). Returns the number of units, or `None` on a conflict.
    async fn reclaim(&mut self, command: &Command) -> Result<Option<u32>, StoreError> {
        let mut reclaimed = 0;
        while let Some(product) = decide::needs_reclaim(self.state, command, self.now) {
            let mut request = self.state.due_request(product, self.now);
            request.touched = self.touched_products();
            // A newer version of a product that the batch has used must not be merged: its claims would be dropped.
            for touched in &request.touched {
                self.state.track_read(*touched);
            }
            let loaded = self.transaction.load(&request).await?;
            let due: Vec<_> = loaded.due.iter().flat_map(|(_, holds, _)| holds.iter().copied()).collect();
            if !self.state.merge(&request, loaded) {
                return Ok(None);
            }
            let (effects, units) = decide::reclaim(self.state, product, &due, self.now);
            for effect in effects {
                self.state.apply(effect);
            }
            reclaimed += units;
            // A sweep reclaims what one load finds and is sent again: other commands wait for the writer, too.
            if matches!(command, Command::Sweep(_)) {
                break;
            }
        }
        Ok(Some(reclaimed))
    }

    /// The known products that the batch touches.
    fn touched_products(&self) -> BTreeSet<ProductId> {
        self.commands.iter().filter_map(|command| decide::product_of(self.state, command)).collect()
    }

    fn decide_one(&mut self, command: &Command, swept: u32) -> Result<Idempotent<Reply>, Refusal> {
        if let Some(product) = decide::product_of(self.state, command) {
            self.state.track_read(product);
        }
        let decision = decide::decide(self.state, command, self.now)?;
        for effect in decision.effects {
            self.state.apply(effect);
        }
        let value = if matches!(command, Command::Sweep(_)) { Reply::Swept(swept) } else { decision.reply };
        Ok(Idempotent { value, replayed: decision.replayed })
    }
}
