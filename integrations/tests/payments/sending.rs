//! Refunds that are not sent by themselves, and that an operator has sent.

use crate::support::{HOUR, eventually};
use checkout::{
    model::{Actor, JobKind, PaymentStatus, RefundState},
    store::outbox::{ClaimRequest, JobOutcome, JobResult},
};
use integrations::payments::SendNow;
use uuid::Uuid;

crate::scenarios! {
    async fn a_refund_of_a_payment_from_elsewhere_is_left_to_operators(shop: Shop) {
        let phone = shop.product(1, |draft| draft.slug = "other".parse().unwrap()).await;
        let elsewhere = shop.ordered(phone).await;
        shop.report(&elsewhere, "tx", PaymentStatus::Success).await;
        let (order, _) = shop.paid().await;
        shop.start_workers();
        shop.issue(elsewhere.id, None).await;
        shop.issue(order.id, None).await;
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
        assert!(shop.refund_is(&elsewhere, RefundState::Due, 1).await);
        assert_eq!(shop.jobs(JobKind::SendRefund).await.len(), 1);
    }

    async fn refunds_are_left_to_operators_where_the_shop_wants_it(shop: Shop) {
        let (order, _) = shop.paid().await;
        shop.start_workers_of(&shop.with(|settings| settings.auto_refund = false));
        shop.issue(order.id, None).await;
        // A page to close shows that the earlier event was worked on.
        let phone = shop.product(1, |draft| draft.slug = "other".parse().unwrap()).await;
        let cancelled = shop.ordered(phone).await;
        shop.payments.open(&cancelled).await.unwrap();
        shop.cancel(&cancelled).await;
        eventually(async || shop.states(&cancelled).await == ["closed"]).await;
        assert_eq!((shop.jobs(JobKind::SendRefund).await, shop.provider.calls("refund")), (vec![], 0));
    }

    async fn an_operator_sends_a_refund_that_is_not_sent_by_itself(shop: Shop) {
        let (order, _) = shop.paid().await;
        let payments = shop.with(|settings| settings.auto_refund = false);
        let (refund, ada) = (shop.issue(order.id, None).await, Actor::command_line("ada"));
        assert!(payments.carries_out(&refund).await.unwrap() && !payments.sends_refunds());
        assert!(!shop.without_provider().carries_out(&refund).await.unwrap());
        assert_eq!(payments.send_now(&refund, ada.clone()).await.unwrap(), SendNow::Started);
        assert_eq!(payments.send_now(&refund, ada.clone()).await.unwrap(), SendNow::UnderWay);
        assert_eq!(shop.audited("refund.send_now").await, ["ada"]);
        // Its job fails for good, and begins anew.
        let (now, claim) = (shop.checkout.now(), Uuid::from_u128(7));
        let request =
            ClaimRequest { kind: JobKind::SendRefund, endpoint: None, claim, now, until: now + HOUR, limit: 9 };
        let job = shop.store.outbox().claim(request).await.unwrap().remove(0);
        let dead = JobResult { id: job.id, claim, outcome: JobOutcome::Dead { error: "refused".to_owned() } };
        shop.store.outbox().record(&[dead], now).await.unwrap();
        assert_eq!(payments.send_now(&refund, ada.clone()).await.unwrap(), SendNow::Started);
        assert_eq!(shop.audited("refund.send_now").await.len(), 2);
        shop.start_workers_of(&payments);
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
        let refund = shop.refund(&order).await;
        assert_eq!(payments.send_now(&refund, ada.clone()).await.unwrap(), SendNow::NotPossible);
        assert_eq!(shop.provider.refunds().len(), 1);
    }
}
