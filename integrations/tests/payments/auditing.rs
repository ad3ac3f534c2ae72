//! The comparison finds what shop and provider know differently, and nothing else.

use crate::support::{Fault, MINUTE, eventually, refused};
use checkout::model::{RefundState, ReportedRefundState};
use integrations::payments::{AuditError, Difference};

crate::scenarios! {
    async fn a_shop_that_agrees_with_its_provider_has_no_difference(shop: Shop) {
        shop.start_workers();
        let (order, _) = shop.paid().await;
        shop.issue(order.id, Some(500)).await;
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
        shop.clock.advance(2 * MINUTE);
        assert_eq!(shop.payments.audit().await.unwrap(), []);
        assert!(matches!(shop.without_provider().audit().await, Err(AuditError::NoProvider)));
    }

    async fn a_paid_order_that_the_provider_does_not_know_is_found(shop: Shop) {
        let (order, transaction) = shop.paid().await;
        shop.provider.forget_payment(&shop.provider.last_session());
        shop.clock.advance(2 * MINUTE);
        let found = shop.payments.audit().await.unwrap();
        let transaction = transaction.try_into().unwrap();
        assert_eq!(found, [Difference::NotPaidAtProvider { order: order.id, transaction }]);
        assert!(found[0].to_string().starts_with(&format!("Order {} is paid by pi_0", order.id)));
    }

    async fn a_refusal_of_the_provider_is_an_error_and_no_difference(shop: Shop) {
        shop.paid().await;
        shop.clock.advance(2 * MINUTE);
        for call in ["find_session", "find_refunds"] {
            shop.faulty.next(call, Fault::Before(refused()));
            let ended = shop.payments.audit().await;
            assert!(matches!(ended, Err(AuditError::Provider(_))), "{call}: {ended:?}");
        }
        assert_eq!(shop.payments.audit().await.unwrap(), []);
    }

    async fn money_of_an_unpaid_order_is_found(shop: Shop) {
        let (order, session) = shop.opened().await;
        shop.provider.pay(&session);
        // The webhook may be under way.
        assert_eq!(shop.payments.audit().await.unwrap(), []);
        shop.clock.advance(2 * MINUTE);
        let found = shop.payments.audit().await.unwrap();
        assert!(matches!(&found[..], [Difference::MoneyWithoutOrder { order: of, .. }] if *of == order.id), "{found:?}");
        // Nothing is changed: that is for the reconciliation.
        assert_eq!(shop.states(&order).await, ["open"]);
        shop.payments.reconcile().await.unwrap();
        shop.clock.advance(2 * MINUTE);
        assert_eq!(shop.payments.audit().await.unwrap(), []);
    }

    async fn refunds_that_differ_are_found(shop: Shop) {
        shop.start_workers();
        let (order, transaction) = shop.paid().await;
        shop.issue(order.id, Some(500)).await;
        eventually(async || shop.refund_is(&order, RefundState::Succeeded, 1).await).await;
        let refund = shop.refund(&order).await;
        shop.clock.advance(2 * MINUTE);
        // The bank sends the money back, and the webhook is lost.
        shop.provider.end_refund(ReportedRefundState::Failed, false);
        let (here, there) = (RefundState::Succeeded, ReportedRefundState::Failed);
        let found = shop.payments.audit().await.unwrap();
        assert_eq!(found, [Difference::RefundState { refund: refund.id, here, there }]);
        shop.provider.forget_refunds();
        let found = shop.payments.audit().await.unwrap();
        let of_refund = refund.transaction_id.clone();
        assert_eq!(found, [Difference::RefundNotAtProvider { refund: refund.id, transaction: of_refund }]);
        // The first refund in the dashboard has the reference of the forgotten one.
        shop.provider.refund_in_dashboard(&transaction, 700);
        shop.provider.refund_in_dashboard(&transaction, 100);
        let found = shop.payments.audit().await.unwrap();
        let [amount, unknown] = &found[..] else { panic!("{found:?}") };
        assert!(matches!(amount, Difference::RefundAmount { here: 500, there, .. } if there.minor == 700), "{amount:?}");
        let told = format!("The provider made refund re_1 of {transaction} over 100 minor units of USD, which the shop does not know.");
        assert_eq!(unknown.to_string(), told);
    }
}
