//! The payload of each new payment event is stored in the event's commit.

use crate::shop::{Shop, event, refused};
use checkout::{
    PaymentEvent, PaymentVerdict,
    model::{
        EventPayload, HoldId, Payment, PaymentPayload,
        PaymentStatus::{DisputeOpened, Processing, Success},
        Reference, Refusal, WebhookId,
    },
};
use uuid::Uuid;

const COUNT: &str = "SELECT count(*) FROM payment_payloads";

fn with_body(body: &[u8], event: PaymentEvent) -> PaymentEvent {
    PaymentEvent { payload: EventPayload::new(Some("application/json; charset=utf-8"), body), ..event }
}

async fn payload(shop: &Shop, event: WebhookId) -> PaymentPayload {
    shop.second_node().await.payment_payload(event).await.unwrap().unwrap()
}

crate::scenarios! {
    async fn the_payload_of_every_new_event_is_kept_byte_for_byte(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let (order, held) = (shop.ordered(phone, 1).await, shop.hold(phone, 1).await);
        let (on_order, on_hold) = (Reference::Order(order.id), Reference::Hold(held.id));
        let deliveries = [
            (event("a", on_order, "tx", Success), PaymentVerdict::Processed),
            (event("b", on_order, "tx", Processing), PaymentVerdict::Ignored),
            (event("c", on_order, "tx", DisputeOpened), PaymentVerdict::Processed),
            (event("d", on_hold, "early", Success), PaymentVerdict::Parked),
        ];
        for (nth, (delivered, verdict)) in deliveries.into_iter().enumerate() {
            shop.advance(1);
            let body = format!("{{ \"nth\": {nth},\n \"é\": \"\\u00e9 '\" }}");
            let reply = shop.deliver(with_body(body.as_bytes(), delivered.clone())).await.unwrap();
            assert_eq!(reply.verdict, verdict);
            // A repeated delivery changes nothing.
            let again = shop.deliver(with_body(b"again", delivered.clone())).await.unwrap();
            assert_eq!(again.verdict, PaymentVerdict::Duplicate);
            let mut all = shop.payments(&order).await;
            all.extend(shop.store.reads().payments(held.id, None).await.unwrap());
            let stored: Vec<Payment> = all.into_iter().filter(|payment| payment.key == delivered.key).collect();
            let kept = payload(&shop, stored[0].id).await;
            assert_eq!((kept.body, kept.received_at), (body.into_bytes(), stored[0].received_at));
            assert_eq!(kept.content_type.as_deref(), Some("application/json; charset=utf-8"));
        }
        assert_eq!(shop.database.count(COUNT).await, 4);
        // The same report with other content is stored, and a refused event is not.
        let mut reworded = event("e", on_order, "tx", Success);
        reworded.fingerprint = [2; 32];
        assert_eq!(shop.deliver(with_body(b"\x00\xff", reworded.clone())).await.unwrap().verdict, PaymentVerdict::Duplicate);
        reworded.fingerprint = [3; 32];
        assert_eq!(refused(shop.deliver(with_body(b"refused", reworded)).await), Refusal::KeyReused);
        let bodies: Vec<(Vec<u8>,)> = shop.database.rows("SELECT body FROM payment_payloads ORDER BY event_id").await;
        assert_eq!((bodies.len(), bodies[4].0.as_slice()), (5, &b"\x00\xff"[..]));
        assert_eq!(shop.checkout.payment_payload(WebhookId(Uuid::from_u128(1))).await.unwrap(), None);
        shop.stock(phone).await;
    }

    async fn one_event_at_two_nodes_has_one_payload(shop: Shop) {
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        for nth in 0..10 {
            let nowhere = Reference::Hold(HoldId(Uuid::from_u128(nth + 1)));
            let delivered = with_body(b"{}", event(&format!("evt-{nth}"), nowhere, &format!("tx-{nth}"), Success));
            let all = futures::future::join_all((0..4).map(|n| nodes[n % 2].record_payment(delivered.clone()))).await;
            assert!(all.iter().all(Result::is_ok), "{all:?}");
        }
        assert_eq!(shop.database.count(COUNT).await, 10);
        let strays = "SELECT count(*) FROM payment_payloads WHERE event_id NOT IN (SELECT id FROM payment_webhooks)";
        assert_eq!(shop.database.count(strays).await, 0);
    }

    async fn the_largest_body_of_a_webhook_is_stored(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let body = vec![0xA5; checkout::model::MAX_PAYLOAD_SIZE];
        shop.deliver(with_body(&body, event("a", Reference::Order(order.id), "tx", Success))).await.unwrap();
        let event = shop.payments(&order).await[0].id;
        assert_eq!(payload(&shop, event).await.body, body);
    }
}
