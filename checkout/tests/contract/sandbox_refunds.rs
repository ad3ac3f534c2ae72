//! Refunds of the sandbox: one for each attempt, which ends once.

use crate::shop::noon;
use checkout::{
    model::{Money, RefundReference, ReportedRefundState},
    store::SandboxRefund,
};
use std::time::Duration;
use uuid::Uuid;

fn refund(nth: u32, attempt: u32, state: ReportedRefundState) -> SandboxRefund {
    SandboxRefund {
        id: format!("sandbox-{nth}-{attempt}").try_into().unwrap(),
        transaction: "test-1".to_owned().try_into().unwrap(),
        refund: Uuid::from_u128(nth.into()).into(),
        attempt,
        amount: Money { minor: 1999, currency: "USD".parse().unwrap() },
        state,
        created_at: noon(),
    }
}

crate::scenarios! {
    async fn an_attempt_has_one_refund_of_the_sandbox(shop: Shop) {
        let refunds = shop.store.sandbox_refunds();
        let first = refund(1, 1, ReportedRefundState::Succeeded);
        assert_eq!(refunds.add_sandbox_refund(&first).await.unwrap(), first);
        // A repeated request, which another node may have computed with another time.
        let again = SandboxRefund { created_at: noon() + Duration::from_secs(9), ..first.clone() };
        assert_eq!(refunds.add_sandbox_refund(&again).await.unwrap(), first);
        let second = refund(1, 2, ReportedRefundState::Failed);
        assert_eq!(refunds.add_sandbox_refund(&second).await.unwrap(), second);
        assert_eq!(refunds.sandbox_refunds_of(&first.transaction).await.unwrap(), [first.clone(), second]);
        assert_eq!(refunds.sandbox_refund(&first.id).await.unwrap(), Some(first));
        let unknown = RefundReference::try_from("sandbox-9-9".to_owned()).unwrap();
        assert_eq!(refunds.sandbox_refund(&unknown).await.unwrap(), None);
        assert_eq!(refunds.sandbox_refunds_of(&"test-2".to_owned().try_into().unwrap()).await.unwrap(), []);
    }

    async fn only_a_pending_refund_of_the_sandbox_ends(shop: Shop) {
        let refunds = shop.store.sandbox_refunds();
        for (nth, state, after) in [
            (1, ReportedRefundState::Pending, ReportedRefundState::Succeeded),
            (2, ReportedRefundState::Failed, ReportedRefundState::Failed),
        ] {
            let refund = refund(nth, 1, state);
            refunds.add_sandbox_refund(&refund).await.unwrap();
            refunds.finish_sandbox_refund(&refund.id, ReportedRefundState::Succeeded).await.unwrap();
            assert_eq!(refunds.sandbox_refund(&refund.id).await.unwrap().unwrap().state, after);
        }
    }
}
