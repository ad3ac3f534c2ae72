//! A payment provider in memory that behaves like a real one: it does the work of a key once, repeats the stored answer, refuses
//! a key with other parameters, keeps metadata, and lists its events.

use async_trait::async_trait;
use checkout::{
    Clock as _, ManualClock,
    model::{
        AttemptId, EventKey, Money, PaymentStatus, ProviderName, Reference, RefundReference, ReportedAmount,
        ReportedRefund, ReportedRefundState, SessionId, Timestamp, TransactionId,
    },
};
use integrations::provider::{
    About, CloseOutcome, EventError, EventPage, Notice, OpenRequest, PaymentNotice, PaymentPage, Provider,
    ProviderError, ProviderEvent, RefundRequest, SessionReport, SessionState,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// The shop's address.
pub const ORIGIN: &str = "https://shop.example";

/// Number of events of one page.
const EVENTS_OF_PAGE: usize = 2;

/// How long a call that opens a page takes. Another one with its key is refused meanwhile.
const OPEN_TIME: Duration = Duration::from_millis(60);

#[derive(Debug, Clone)]
struct Session {
    id: SessionId,
    attempt: AttemptId,
    request: OpenRequest,
    state: SessionState,
    transaction: Option<TransactionId>,
}

#[derive(Default)]
struct State {
    sessions: Vec<Session>,
    refunds: Vec<ReportedRefund>,
    events: Vec<(ProviderEvent, Option<Notice>)>,
    opened: HashMap<AttemptId, (OpenRequest, PaymentPage)>,
    opening: HashSet<AttemptId>,
    refunded: HashMap<String, (RefundRequest, RefundReference)>,
    calls: HashMap<&'static str, u32>,
    answer: Option<(ReportedRefundState, bool)>,
    ignores_keys: bool,
}

pub struct FakeProvider {
    clock: Arc<ManualClock>,
    state: Mutex<State>,
}

fn text<T: TryFrom<String>>(text: impl Into<String>) -> T {
    T::try_from(text.into()).ok().unwrap()
}

impl FakeProvider {
    pub fn new(clock: Arc<ManualClock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn called(&self, name: &'static str) -> MutexGuard<'_, State> {
        let mut state = self.state();
        *state.calls.entry(name).or_default() += 1;
        state
    }

    /// How often the provider was called with this name.
    pub fn calls(&self, name: &'static str) -> u32 {
        self.state().calls.get(name).copied().unwrap_or_default()
    }

    /// Makes later refunds end so, and whether for lack of funds.
    pub fn answer_refunds(&self, state: ReportedRefundState, lacks_funds: bool) {
        self.state().answer = Some((state, lacks_funds));
    }

    /// Without keys, lets the calls of all nodes overlap: each has looked before the first one does its work, also where opening
    /// a connection takes a second.
    async fn overlap(&self) {
        if self.state().ignores_keys {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }

    /// Makes the provider do its work once for each call, whatever its key. With it a test shows that it would notice.
    pub fn ignore_keys(&self) {
        self.state().ignores_keys = true;
    }

    /// The states of all pages, oldest first.
    pub fn pages(&self) -> Vec<SessionState> {
        self.state().sessions.iter().map(|session| session.state).collect()
    }

    pub fn last_session(&self) -> String {
        self.state().sessions.last().unwrap().id.as_str().to_owned()
    }

    /// The refunds that have not failed.
    pub fn refunds(&self) -> Vec<ReportedRefund> {
        let state = self.state();
        state.refunds.iter().filter(|refund| refund.state != ReportedRefundState::Failed).cloned().collect()
    }

    /// The shopper pays at a page. Returns the event.
    pub fn pay(&self, session: &str) -> Notice {
        self.finish(session, SessionState::Paid, PaymentStatus::Success)
    }

    /// The shopper chooses a bank debit at a page.
    pub fn debit(&self, session: &str) -> Notice {
        self.finish(session, SessionState::Processing, PaymentStatus::Processing)
    }

    /// The page expires.
    pub fn expire(&self, session: &str) -> Notice {
        self.finish(session, SessionState::Expired, PaymentStatus::Failure)
    }

    fn finish(&self, session: &str, page: SessionState, status: PaymentStatus) -> Notice {
        let mut state = self.state();
        let nth = state.sessions.iter().position(|known| known.id.as_str() == session).unwrap();
        let session = &mut state.sessions[nth];
        session.state = page;
        session.transaction = (page != SessionState::Expired).then(|| text(format!("pi_{nth}")));
        let session = session.clone();
        let notice = Self::notice_of(&session, status, Some(page), state.events.len());
        self.announce(&mut state, Some(notice.clone()));
        notice
    }

    /// A card was declined at a page, which stays open.
    pub fn decline(&self, session: &str) -> Notice {
        let mut state = self.state();
        let known = state.sessions.iter().find(|known| known.id.as_str() == session).unwrap().clone();
        let notice = Self::notice_of(&known, PaymentStatus::Processing, None, state.events.len());
        self.announce(&mut state, Some(notice.clone()));
        notice
    }

    fn notice_of(session: &Session, status: PaymentStatus, page: Option<SessionState>, nth: usize) -> Notice {
        let Session { id, attempt, request, transaction, .. } = session.clone();
        let OpenRequest { order, amount: Money { minor, currency }, .. } = request;
        let transaction = transaction.unwrap_or_else(|| text(id.as_str()));
        let about = About::Known(Reference::Order(order));
        let reported = match status {
            PaymentStatus::Success => ReportedAmount { amount: Some(minor), currency: Some(currency) },
            _ => ReportedAmount::default(),
        };
        Notice::Payment(PaymentNotice {
            event: text(format!("evt_{nth}")),
            fingerprint: PaymentNotice::fingerprint(about, &transaction, status, &reported, None),
            about,
            transaction,
            status,
            dispute: None,
            reported,
            session: page.map(|page| (id, page)),
            attempt: Some(attempt),
            test_mode: false,
        })
    }

    /// Adds an event that cannot be read.
    pub fn announce_nonsense(&self) {
        self.announce(&mut self.state(), None);
    }

    fn announce(&self, state: &mut State, notice: Option<Notice>) {
        let id = format!("evt_{}", state.events.len());
        let event =
            ProviderEvent { json: format!("{{\"id\":\"{id}\"}}").into_bytes(), id, created_at: self.clock.now() };
        state.events.push((event, notice));
    }

    /// Somebody makes a refund in the provider's dashboard. Returns the event.
    pub fn refund_in_dashboard(&self, transaction: &str, minor: i64) -> Notice {
        let mut state = self.state();
        let refund = ReportedRefund {
            reference: text(format!("re_{}", state.refunds.len())),
            transaction: text(transaction),
            ours: None,
            amount: Money { minor, currency: "USD".parse().unwrap() },
            state: ReportedRefundState::Succeeded,
            failure: None,
            lacks_funds: false,
            created_at: self.clock.now(),
        };
        state.refunds.push(refund.clone());
        let notice = Notice::Refund { event: event_key(&state), refund, test_mode: false };
        self.announce(&mut state, Some(notice.clone()));
        notice
    }

    /// The only refund ends so. Returns the event.
    pub fn end_refund(&self, end: ReportedRefundState, lacks_funds: bool) -> Notice {
        let mut state = self.state();
        let refund = state.refunds.last_mut().unwrap();
        refund.state = end;
        refund.lacks_funds = lacks_funds;
        refund.failure = (end == ReportedRefundState::Failed).then(|| "insufficient_funds".to_owned());
        let notice = Notice::Refund { refund: refund.clone(), event: event_key(&state), test_mode: false };
        self.announce(&mut state, Some(notice.clone()));
        notice
    }

    /// The provider forgets that a page was paid.
    pub fn forget_payment(&self, session: &str) {
        let mut state = self.state();
        let session = state.sessions.iter_mut().find(|known| known.id.as_str() == session).unwrap();
        session.state = SessionState::Expired;
    }

    /// The provider forgets its refunds.
    pub fn forget_refunds(&self) {
        self.state().refunds.clear();
    }

    /// The provider forgets its keys, as Stripe does after a day.
    pub fn forget_keys(&self) {
        self.state().opened.clear();
    }
}

fn event_key(state: &State) -> EventKey {
    text(format!("evt_{}", state.events.len()))
}

fn other_parameters<T>() -> Result<T, ProviderError> {
    Err(ProviderError::Refused("the key was used with other parameters".to_owned()))
}

#[async_trait]
impl Provider for FakeProvider {
    fn name(&self) -> ProviderName {
        ProviderName::Stripe
    }

    async fn open(&self, attempt: AttemptId, request: &OpenRequest) -> Result<PaymentPage, ProviderError> {
        self.overlap().await;
        {
            let mut state = self.called("open");
            let known = state.opened.get(&attempt).filter(|_| !state.ignores_keys);
            if let Some((known, page)) = known {
                return if known == request { Ok(page.clone()) } else { other_parameters() };
            }
            if !state.opening.insert(attempt) && !state.ignores_keys {
                return Err(ProviderError::Busy { reason: "the key is in use".to_owned(), retry_after: None });
            }
        }
        tokio::time::sleep(OPEN_TIME).await;
        let mut state = self.state();
        state.opening.remove(&attempt);
        let id: SessionId = text(format!("cs_{}", state.sessions.len()));
        let page = PaymentPage { url: format!("https://pay.example/{id}"), session: id.clone() };
        state.opened.insert(attempt, (request.clone(), page.clone()));
        let request = request.clone();
        state.sessions.push(Session { id, attempt, request, state: SessionState::Open, transaction: None });
        Ok(page)
    }

    async fn close(&self, session: &SessionId) -> Result<CloseOutcome, ProviderError> {
        let mut state = self.called("close");
        let known = state.sessions.iter_mut().find(|known| known.id == *session);
        let known = known.ok_or_else(|| ProviderError::Refused("no such session".to_owned()))?;
        match known.state {
            SessionState::Open | SessionState::Expired => {
                known.state = SessionState::Expired;
                Ok(CloseOutcome::Closed)
            }
            SessionState::Paid | SessionState::Processing => Ok(CloseOutcome::Completed),
        }
    }

    async fn find_session(&self, session: &SessionId) -> Result<SessionReport, ProviderError> {
        let state = self.called("find_session");
        let known = state.sessions.iter().find(|known| known.id == *session);
        let known = known.ok_or_else(|| ProviderError::Refused("no such session".to_owned()))?.clone();
        Ok(SessionReport {
            session: known.id,
            state: known.state,
            order: Some(known.request.order),
            attempt: Some(known.attempt),
            transaction: known.transaction,
            amount: Some(known.request.amount),
        })
    }

    async fn refund(&self, request: &RefundRequest) -> Result<ReportedRefund, ProviderError> {
        self.overlap().await;
        let mut state = self.called("refund");
        let key = format!("{}-{}", request.refund, request.attempt);
        let known = state.refunded.get(&key).filter(|_| !state.ignores_keys);
        if let Some((known, reference)) = known {
            if known != request {
                return other_parameters();
            }
            return Ok(state.refunds.iter().find(|refund| refund.reference == *reference).unwrap().clone());
        }
        let paid = state.sessions.iter().find(|session| session.transaction.as_ref() == Some(&request.transaction));
        let paid = paid.ok_or_else(|| ProviderError::Refused("no such payment".to_owned()))?.request.amount;
        let amount = request.amount.unwrap_or(paid);
        let is_counted = |refund: &&ReportedRefund| {
            refund.transaction == request.transaction && refund.state != ReportedRefundState::Failed
        };
        let returned: i64 = state.refunds.iter().filter(is_counted).map(|refund| refund.amount.minor).sum();
        if returned + amount.minor > paid.minor {
            return Err(ProviderError::Refused("the charge has already been refunded".to_owned()));
        }
        let (end, lacks_funds) = state.answer.unwrap_or((ReportedRefundState::Succeeded, false));
        let refund = ReportedRefund {
            reference: text(format!("re_{}", state.refunds.len())),
            transaction: request.transaction.clone(),
            ours: Some((request.refund, request.attempt)),
            amount,
            state: end,
            failure: (end == ReportedRefundState::Failed).then(|| "insufficient_funds".to_owned()),
            lacks_funds,
            created_at: self.clock.now(),
        };
        state.refunded.insert(key, (request.clone(), refund.reference.clone()));
        state.refunds.push(refund.clone());
        let notice = Notice::Refund { event: event_key(&state), refund: refund.clone(), test_mode: false };
        self.announce(&mut state, Some(notice));
        Ok(refund)
    }

    async fn find_refunds(&self, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError> {
        let state = self.called("find_refunds");
        Ok(state.refunds.iter().filter(|refund| refund.transaction == *transaction).cloned().collect())
    }

    async fn find_refund(&self, reference: &RefundReference) -> Result<Option<ReportedRefund>, ProviderError> {
        let state = self.called("find_refund");
        Ok(state.refunds.iter().find(|refund| refund.reference == *reference).cloned())
    }

    async fn events(&self, since: Timestamp, after: Option<&str>) -> Result<EventPage, ProviderError> {
        let state = self.called("events");
        let start = after.map_or(0, |id| state.events.iter().position(|(event, _)| event.id == id).unwrap() + 1);
        let later = state.events[start..].iter().map(|(event, _)| event).filter(|event| event.created_at >= since);
        let later: Vec<ProviderEvent> = later.cloned().collect();
        let has_more = later.len() > EVENTS_OF_PAGE;
        Ok(EventPage { events: later.into_iter().take(EVENTS_OF_PAGE).collect(), has_more })
    }

    fn read_event(&self, json: &[u8]) -> Result<Notice, EventError> {
        let state = self.state();
        let known = state.events.iter().find(|(event, _)| event.json == json).unwrap();
        known.1.clone().ok_or(EventError::Unreadable("nonsense"))
    }
}
