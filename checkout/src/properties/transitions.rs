//! Tables of every state of a hold and of an order against every request.

use super::{
    script::{by, noon, operate, products},
    test_writer::TestWriter,
};
use crate::{
    command::{Action, Command, PlaceHold, Reply},
    model::{
        EventOutcome, EventPayload, HoldId, OrderId, Payment, PaymentStatus, ProductId, Quantity, Reference,
        ReportedAmount, Timestamp, WebhookId,
    },
};
use std::time::Duration;
use uuid::Uuid;

const HOLD: HoldId = HoldId(Uuid::from_u128(11));
const ORDER: OrderId = OrderId(Uuid::from_u128(12));
const PHONE: ProductId = ProductId(Uuid::from_u128(1));

/// A shop with five phones, two of which are held.
struct Scenario {
    writer: TestWriter,
    now: Timestamp,
    events: u128,
}

impl Scenario {
    fn new() -> Self {
        let mut scenario = Self { writer: TestWriter::new(false), now: noon(), events: 100 };
        for product in products(scenario.now) {
            scenario.events += 1;
            scenario.execute(operate(scenario.events, Action::AddProduct(Box::new(product)), None));
        }
        scenario.place_hold(HOLD, 2);
        scenario
    }

    /// Executes a command. Returns its result, and the units available, held, pending and sold.
    fn execute(&mut self, command: Command) -> String {
        let decision = self.writer.execute(&[command], self.now).remove(0);
        let what = match decision.map(|done| done.value) {
            Ok(Reply::Hold(hold)) => hold.state.name().to_owned(),
            Ok(Reply::Order(order)) => order.state.name().to_owned(),
            Ok(Reply::Payment(reply)) => format!("{:?}", reply.verdict),
            Ok(Reply::Swept(units)) => format!("{units} back"),
            Ok(Reply::Client(id)) => id.to_string(),
            Ok(Reply::Erased(orders)) => format!("{orders} erased"),
            Ok(Reply::Product(_)) => "stocked".to_owned(),
            Ok(Reply::Refund(refund)) => refund.state.name().to_owned(),
            Ok(Reply::NoRefund) => "no refund".to_owned(),
            Err(refusal) => format!("{refusal:?}").split(' ').next().unwrap().to_owned(),
        };
        let stock = self.writer.tables.products[&PHONE].stock;
        format!("{what} {} {} {} {}", stock.available, stock.held, stock.pending, stock.sold)
    }

    fn place_hold(&mut self, id: HoldId, qty: i64) -> String {
        let qty = Quantity::try_from(qty).unwrap();
        let place = PlaceHold { id, product: PHONE, qty, shopper: None, by: by(None, "") };
        self.execute(Command::PlaceHold(place))
    }

    fn wait(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    fn pay(&mut self, reference: Reference, status: PaymentStatus, amount: i64) -> String {
        self.events += 1;
        let payment = Box::new(Payment {
            id: WebhookId(Uuid::from_u128(self.events)),
            key: format!("evt-{}", self.events).try_into().unwrap(),
            fingerprint: [1; 32],
            reference,
            product_id: None,
            transaction_id: format!("tx-{}", self.events).try_into().unwrap(),
            status,
            dispute_id: None,
            reported: ReportedAmount { amount: Some(amount), currency: None },
            received_at: self.now,
            outcome: EventOutcome::Ignored,
        });
        let payload = EventPayload::new(None, b"{}");
        self.execute(Command::RecordPayment(payment, payload))
    }

    /// Performs the action of this name.
    fn perform(&mut self, action: &str) -> String {
        let (hold, order) = (Reference::Hold(HOLD), Reference::Order(ORDER));
        match action {
            "nothing" => String::new(),
            "order" => self.execute(Command::PlaceOrder { id: ORDER, hold: HOLD, contact: None, by: by(None, "") }),
            "release" => self.execute(Command::ReleaseHold { hold: HOLD, by: by(None, "") }),
            "extend" => self.execute(Command::ExtendHold { hold: HOLD, by: by(None, "") }),
            "cancel" => self.execute(Command::CancelOrder { order: ORDER, by: by(None, "") }),
            "sweep" => self.execute(Command::Sweep(PHONE)),
            "hold paid" => self.pay(hold, PaymentStatus::Success, 2000),
            "hold declined" => self.pay(hold, PaymentStatus::Failure, 2000),
            "paid" => self.pay(order, PaymentStatus::Success, 2000),
            "overpaid" => self.pay(order, PaymentStatus::Success, 2001),
            "declined" => self.pay(order, PaymentStatus::Failure, 2000),
            "underway" => self.pay(order, PaymentStatus::Processing, 2000),
            "two minutes" => {
                self.wait(120);
                String::new()
            }
            "ten minutes" => {
                self.wait(600);
                String::new()
            }
            "others take all" => self.place_hold(HoldId(Uuid::from_u128(13)), 5),
            other => panic!("no such action: {other}"),
        }
    }
}

/// For each sequence of actions, checks the result of each request.
fn check(requests: &[&str], table: &[(&[&str], &[&str])]) {
    for (past, expected) in table {
        for (request, expected) in requests.iter().zip(expected.iter()) {
            let mut scenario = Scenario::new();
            for event in *past {
                scenario.perform(event);
            }
            assert_eq!(scenario.perform(request), *expected, "after {past:?}: {request}");
        }
        assert_eq!(requests.len(), expected.len());
    }
}

#[test]
fn every_state_of_a_hold_against_every_request() {
    let requests = ["order", "release", "extend", "hold paid", "hold declined", "sweep"];
    let used = "HoldUsed 3 0 2 0";
    let never = "RefundDue(OrderNeverCreated) 5 0 0 0";
    let (expired, released) = ("HoldExpired 5 0 0 0", "HoldReleased 5 0 0 0");
    check(
        &requests,
        &[
            (
                &["nothing"],
                &[
                    "pending 3 0 2 0",
                    "released 5 0 0 0",
                    "active 3 2 0 0",
                    "Parked 3 2 0 0",
                    "Parked 3 2 0 0",
                    "0 back 3 2 0 0",
                ],
            ),
            (
                &["extend"],
                &[
                    "pending 3 0 2 0",
                    "released 5 0 0 0",
                    "NoExtension 3 2 0 0",
                    "Parked 3 2 0 0",
                    "Parked 3 2 0 0",
                    "0 back 3 2 0 0",
                ],
            ),
            (
                &["extend", "two minutes"],
                &[
                    "pending 3 0 2 0",
                    "released 5 0 0 0",
                    "NoExtension 3 2 0 0",
                    "Parked 3 2 0 0",
                    "Parked 3 2 0 0",
                    "0 back 3 2 0 0",
                ],
            ),
            (
                &["two minutes"],
                &[
                    "HoldExpired 3 2 0 0",
                    "released 5 0 0 0",
                    "HoldExpired 3 2 0 0",
                    "Parked 3 2 0 0",
                    "Parked 3 2 0 0",
                    "2 back 5 0 0 0",
                ],
            ),
            (
                &["two minutes", "sweep"],
                &[expired, "expired 5 0 0 0", expired, never, "Ignored 5 0 0 0", "0 back 5 0 0 0"],
            ),
            (&["release"], &[released, "released 5 0 0 0", released, never, "Ignored 5 0 0 0", "0 back 5 0 0 0"]),
            (&["order"], &[used, used, used, "Processed 3 0 0 2", "Processed 5 0 0 0", "0 back 3 0 2 0"]),
            (
                &["hold paid"],
                &[
                    "paid 3 0 0 2",
                    "released 5 0 0 0",
                    "active 3 2 0 0",
                    "Parked 3 2 0 0",
                    "Parked 3 2 0 0",
                    "0 back 3 2 0 0",
                ],
            ),
            (
                &["hold declined"],
                &[
                    "cancelled 5 0 0 0",
                    "released 5 0 0 0",
                    "active 3 2 0 0",
                    "Parked 3 2 0 0",
                    "Parked 3 2 0 0",
                    "0 back 3 2 0 0",
                ],
            ),
        ],
    );
}

#[test]
fn every_state_of_an_order_against_every_request() {
    let requests = ["cancel", "paid", "overpaid", "declined", "underway", "sweep"];
    let paid = "RefundDue(AlreadyPaid) 3 0 0 2";
    let stays = ["OrderPaid 3 0 0 2", paid, paid, "Ignored 3 0 0 2", "Ignored 3 0 0 2", "0 back 3 0 0 2"];
    let ended = [
        "cancelled 5 0 0 0",
        "Processed 3 0 0 2",
        "RefundDue(AmountMismatch) 5 0 0 0",
        "Ignored 5 0 0 0",
        "Ignored 5 0 0 0",
        "0 back 5 0 0 0",
    ];
    let gone = [
        "cancelled 0 5 0 0",
        "RefundDue(SoldOut) 0 5 0 0",
        "RefundDue(AmountMismatch) 0 5 0 0",
        "Ignored 0 5 0 0",
        "Ignored 0 5 0 0",
        "0 back 0 5 0 0",
    ];
    let waits = |sweep| {
        [
            "cancelled 5 0 0 0",
            "Processed 3 0 0 2",
            "RefundDue(AmountMismatch) 3 0 2 0",
            "Processed 5 0 0 0",
            "Ignored 3 0 2 0",
            sweep,
        ]
    };
    check(
        &requests,
        &[
            (&["order"], &waits("0 back 3 0 2 0")),
            (&["order", "underway"], &waits("0 back 3 0 2 0")),
            (&["order", "overpaid"], &waits("0 back 3 0 2 0")),
            (&["order", "ten minutes"], &waits("2 back 5 0 0 0")),
            (&["order", "paid"], &stays),
            (&["order", "paid", "declined"], &stays),
            (&["order", "paid", "ten minutes"], &stays),
            (&["order", "declined", "paid"], &stays),
            (&["order", "cancel"], &ended),
            (&["order", "declined"], &ended),
            (&["order", "ten minutes", "sweep"], &ended),
            (&["order", "cancel", "others take all"], &gone),
            (&["order", "declined", "others take all"], &gone),
            (&["order", "ten minutes", "others take all"], &gone),
        ],
    );
}
