//! The lists of payment events and refunds: filters, searches and pages.

use crate::{
    listings::{ALL, OLDEST_FIRST, every, pages, sale},
    shop::{event, refused},
};
use checkout::{
    model::{EventOutcome, HoldId, PaymentStatus, Reference, Refund, RefundState, Refusal, WebhookId},
    store::listings::{Listing, PageRequest, PaymentFilter, PaymentSearch, RefundFilter, RefundSearch},
};
use uuid::Uuid;

crate::scenarios! {
    async fn payments_are_listed_by_each_filter(shop: Shop) {
        let sale = sale(&shop).await;
        let all = shop.checkout.list_payments(&PaymentFilter::default(), ALL).await.unwrap().items;
        assert!(all.is_sorted_by(|a, b| a.id > b.id) && all.len() > 20);
        let (since, until) = (all[all.len() / 2].received_at, all[4].received_at);
        for outcome in every(&EventOutcome::NAMES) {
            for status in every(&PaymentStatus::ALL) {
                for product in every(&sale.products) {
                    for (since, until) in [(None, None), (Some(since), Some(until))] {
                        let outcome = outcome.map(str::to_owned);
                        let filter = PaymentFilter { outcome: outcome.clone(), status, product, since, until, search: None };
                        let matches = |payment: &&checkout::model::Payment| {
                            outcome.as_deref().is_none_or(|outcome| payment.outcome.name() == outcome)
                                && status.is_none_or(|status| payment.status == status)
                                && (product.is_none() || payment.product_id == product)
                                && since.is_none_or(|since| payment.received_at >= since)
                                && until.is_none_or(|until| payment.received_at < until)
                        };
                        let expected: Vec<_> = all.iter().filter(matches).cloned().collect();
                        let small = PageRequest { limit: 7, ..ALL };
                        let paged = pages(small, async |page| shop.checkout.list_payments(&filter, page).await.unwrap());
                        assert_eq!(paged.await, expected, "{filter:?}");
                        let mut oldest = shop.checkout.list_payments(&filter, OLDEST_FIRST).await.unwrap().items;
                        oldest.reverse();
                        assert_eq!(oldest, expected, "{filter:?}");
                    }
                }
            }
        }
        let unknown = PaymentFilter { outcome: Some("'; DROP TABLE orders; --".to_owned()), ..PaymentFilter::default() };
        assert_eq!(shop.checkout.list_payments(&unknown, ALL).await.unwrap(), Listing { items: Vec::new(), next: None });
    }

    async fn payments_are_found_by_id_key_transaction_and_order(shop: Shop) {
        let sale = sale(&shop).await;
        let found = async |text: &str| {
            let filter = PaymentFilter { search: PaymentSearch::parse(text), ..PaymentFilter::default() };
            shop.checkout.list_payments(&filter, OLDEST_FIRST).await.unwrap().items
        };
        // Three events of the order's own transaction, of which one is a duplicate, and one of another.
        let order = &sale.orders[6];
        let events = shop.checkout.payments(order).await.unwrap();
        assert_eq!((events.len(), found("tx-6").await.len(), found("second-6").await.len()), (3, 3, 1));
        for text in [order.id.to_string(), order.hold_id.to_string(), order.number.unwrap().to_string()] {
            assert_eq!(found(&text).await.len(), 4, "{text}");
        }
        for event in events {
            assert_eq!(found(&event.id.to_string()).await, std::slice::from_ref(&event));
            assert_eq!(found(event.key.as_str()).await, std::slice::from_ref(&event));
            assert_eq!(shop.checkout.payment(event.id).await.unwrap(), event);
        }
        // The events of a hold also belong to its order.
        let hold = shop.hold(sale.products[0], 1).await;
        shop.pay(Reference::Hold(hold.id), "early", PaymentStatus::Success).await;
        let order = shop.order(hold.id).await;
        for text in [hold.id.to_string(), order.id.to_string(), order.number.unwrap().to_string(), "early".to_owned()] {
            assert_eq!(found(&text).await.len(), 1, "{text}");
        }
        assert_eq!(refused(shop.checkout.payment(WebhookId(Uuid::from_u128(1))).await), Refusal::UnknownPayment);
    }

    async fn refunds_are_listed_by_each_filter(shop: Shop) {
        let sale = sale(&shop).await;
        // The refund of an event has the event's id, which is a day older than the refund.
        let unmatched = event("late", Reference::Hold(HoldId(Uuid::from_u128(9))), "tx-late", PaymentStatus::Success);
        shop.deliver(unmatched).await.unwrap();
        let all = shop.checkout.list_refunds(&RefundFilter::default(), ALL).await.unwrap().items;
        assert!(all.is_sorted_by(|a, b| a.id > b.id) && all.len() >= 12);
        let (since, until) = (all[9].created_at, all[2].created_at);
        let of_order = all[4].order_id;
        for state in every(&RefundState::ALL) {
            for product in every(&sale.products) {
                for (order, (since, until)) in [(None, (None, None)), (None, (Some(since), Some(until))), (of_order, (None, None))] {
                    let filter = RefundFilter { state, product, order, since, until, search: None };
                    let matches = |refund: &&Refund| {
                        state.is_none_or(|state| refund.state == state)
                            && (product.is_none() || refund.product_id == product)
                            && (order.is_none() || refund.order_id == order)
                            && since.is_none_or(|since| refund.created_at >= since)
                            && until.is_none_or(|until| refund.created_at < until)
                    };
                    let expected: Vec<_> = all.iter().filter(matches).cloned().collect();
                    let small = PageRequest { limit: 1, ..ALL };
                    let paged = pages(small, async |page| shop.checkout.list_refunds(&filter, page).await.unwrap());
                    assert_eq!(paged.await, expected, "{filter:?}");
                    let mut oldest = shop.checkout.list_refunds(&filter, OLDEST_FIRST).await.unwrap().items;
                    oldest.reverse();
                    assert_eq!(oldest, expected, "{filter:?}");
                }
            }
        }
        let found = async |text: &str| {
            let filter = RefundFilter { search: RefundSearch::parse(text), ..RefundFilter::default() };
            shop.checkout.list_refunds(&filter, ALL).await.unwrap().items
        };
        for refund in &all {
            assert_eq!(found(&refund.id.to_string()).await, std::slice::from_ref(refund));
            assert_eq!(found(refund.transaction_id.as_str()).await, std::slice::from_ref(refund));
            if let Some(reference) = &refund.provider_reference {
                assert_eq!(found(reference.as_str()).await, std::slice::from_ref(refund));
            }
        }
        let refunded = &sale.orders[10];
        for text in [refunded.id.to_string(), refunded.number.unwrap().to_string()] {
            assert_eq!(found(&text).await.len(), 1);
        }
    }
}
