//! The lists of orders, payment events and refunds: filters, searches and pages.

use crate::shop::{Shop, event, owner, refused, shopper};
use checkout::{
    IssueRefund, PaymentEvent, PaymentVerdict, Restock,
    model::{
        Actor, Contact, Order, OrderStatus, Owner, PaymentStatus, ProductId, Reference, RefundReference, RefundStep,
        Refusal, Shopper,
    },
    store::listings::{
        Direction, Listing, OrderFilter, OrderSearch, PageRequest, PaymentFilter, PaymentSearch, RefundFilter,
        RefundSearch,
    },
};
use std::time::Duration;
use uuid::Uuid;

pub const ALL: PageRequest = PageRequest { after: None, direction: Direction::NewestFirst, limit: 1000 };
pub const OLDEST_FIRST: PageRequest = PageRequest { direction: Direction::OldestFirst, ..ALL };

/// A session of the storefront.
const SESSION: Owner = Owner(Uuid::from_u128(0xABCD));

/// Orders of two products in every status, a minute apart, with payments and refunds of every kind.
pub struct Sale {
    pub products: [ProductId; 2],
    pub orders: Vec<Order>,
}

async fn order_for(shop: &Shop, product: ProductId, owner: Owner, shopper: Option<Shopper>) -> Order {
    let held = shop.checkout.place_hold(product, 1.try_into().unwrap(), owner, shopper, None).await.unwrap().value;
    shop.checkout.place_order(held.id, None, owner, None).await.unwrap().value
}

async fn refund(shop: &Shop, order: &Order, amount: Option<i64>, steps: Vec<RefundStep>) {
    let issue = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount, restock: Restock::None };
    shop.checkout.issue_refund(issue, Actor::system()).await.unwrap();
    for step in steps {
        shop.checkout.advance_refund(issue.id, 1, step, Actor::system()).await.unwrap();
    }
}

pub async fn sale(shop: &Shop) -> Sale {
    let products = [shop.product("one", 50, |_| {}).await.id, shop.product("two", 50, |_| {}).await.id];
    let succeed = |reference: &str| RefundStep::Succeed {
        provider_reference: Some(RefundReference::try_from(reference.to_owned()).unwrap()),
    };
    let mut orders = Vec::new();
    for nth in 0..24_usize {
        shop.advance(60);
        let product = products[nth % 2];
        let order = match nth % 3 {
            0 => order_for(shop, product, owner(), Some(shopper("ada"))).await,
            1 => order_for(shop, product, SESSION, Some(Shopper::from(SESSION))).await,
            _ => order_for(shop, product, owner(), None).await,
        };
        let (about, transaction) = (Reference::Order(order.id), format!("tx-{nth}"));
        match nth / 2 % 6 {
            0 => {}
            1 => drop(shop.checkout.cancel_order(order.id, order.owner, None).await.unwrap()),
            2 => drop(shop.pay(about, &transaction, PaymentStatus::Failure).await),
            kind => {
                shop.pay(about, &transaction, PaymentStatus::Processing).await;
                shop.pay(about, &transaction, PaymentStatus::Success).await;
                match kind {
                    4 => refund(shop, &order, Some(100), vec![RefundStep::Send]).await,
                    5 => refund(shop, &order, None, vec![RefundStep::Send, succeed(&format!("re_{nth}"))]).await,
                    _ => {
                        // The transaction again under another key, and another transaction, which is due for refund.
                        let again = event(&format!("again-{nth}"), about, &transaction, PaymentStatus::Success);
                        shop.deliver(PaymentEvent { fingerprint: [2; 32], ..again }).await.unwrap();
                        let second = shop.pay(about, &format!("second-{nth}"), PaymentStatus::Success).await;
                        assert!(matches!(second, PaymentVerdict::RefundDue(_)));
                    }
                }
            }
        }
        orders.push(shop.checkout.order_of_any_owner(order.id).await.unwrap());
    }
    Sale { products, orders }
}

async fn orders(shop: &Shop, filter: &OrderFilter, page: PageRequest) -> Vec<Order> {
    shop.checkout.list_orders(filter, page).await.unwrap().items
}

async fn found(shop: &Shop, text: &str) -> Vec<Order> {
    orders(shop, &OrderFilter { search: OrderSearch::parse(text), ..OrderFilter::default() }, OLDEST_FIRST).await
}

/// Follows the pages of a list to its end.
pub async fn pages<T>(first: PageRequest, mut list: impl AsyncFnMut(PageRequest) -> Listing<T>) -> Vec<T> {
    let mut items = Vec::new();
    let mut request = first;
    loop {
        let Listing { items: more, next } = list(request).await;
        assert!(more.len() <= request.limit as usize && (next.is_none() || !more.is_empty()));
        items.extend(more);
        let Some(after) = next else { return items };
        request.after = Some(after);
    }
}

pub fn every<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    values.iter().copied().map(Some).chain([None]).collect()
}

crate::scenarios! {
    async fn orders_are_listed_by_each_filter(shop: Shop) {
        let sale = sale(&shop).await;
        assert!(OrderStatus::ALL.iter().all(|status| sale.orders.iter().any(|order| order.status() == *status)));
        let start = sale.orders[0].created_at;
        let searches = [None, OrderSearch::parse("ada"), OrderSearch::parse(&SESSION.to_string())];
        for status in every(&OrderStatus::ALL) {
            for product in every(&sale.products) {
                for period in [(None, None), (Some(start + Duration::from_mins(5)), Some(start + Duration::from_mins(14)))] {
                    for (nth, search) in searches.iter().enumerate() {
                        let (since, until) = period;
                        let filter = OrderFilter { search: search.clone(), status, product, since, until };
                        let named = ["", "ada", &SESSION.to_string()][nth].to_owned();
                        let matches = |order: &&Order| {
                            status.is_none_or(|status| order.status() == status)
                                && product.is_none_or(|product| order.product_id == product)
                                && since.is_none_or(|since| order.created_at >= since)
                                && until.is_none_or(|until| order.created_at < until)
                                && (nth == 0 || order.shopper.as_ref().is_some_and(|shopper| shopper.as_str() == named))
                        };
                        let mut expected: Vec<_> = sale.orders.iter().filter(matches).cloned().collect();
                        assert_eq!(orders(&shop, &filter, OLDEST_FIRST).await, expected, "{filter:?}");
                        expected.reverse();
                        assert_eq!(orders(&shop, &filter, ALL).await, expected, "{filter:?}");
                        let small = PageRequest { limit: 2, ..ALL };
                        let paged = pages(small, async |page| shop.checkout.list_orders(&filter, page).await.unwrap());
                        assert_eq!(paged.await, expected, "{filter:?}");
                    }
                }
            }
        }
    }

    async fn orders_are_found_by_number_id_and_transaction(shop: Shop) {
        let sale = sale(&shop).await;
        for (nth, order) in sale.orders.iter().enumerate() {
            let number = order.number.unwrap();
            assert_eq!(shop.checkout.order_by_number(number).await.unwrap(), *order);
            let texts = [number.to_string(), number.to_string()[3..].to_lowercase(), order.id.to_string(), order.hold_id.to_string()];
            for text in texts {
                assert_eq!(found(&shop, &format!(" {text} ")).await, std::slice::from_ref(order), "{text}");
            }
            // Also transactions that failed, or whose money is due for refund, belong to the order.
            for transaction in [format!("tx-{nth}"), format!("second-{nth}")] {
                let is_known = !shop.checkout.payments(order).await.unwrap().iter().all(|p| p.transaction_id.as_str() != transaction);
                assert_eq!(found(&shop, &transaction).await, if is_known { vec![order.clone()] } else { Vec::new() });
            }
        }
        // A transaction that came for the hold, before the order.
        let hold = shop.hold(sale.products[0], 1).await;
        shop.pay(Reference::Hold(hold.id), "early", PaymentStatus::Success).await;
        assert_eq!(found(&shop, "early").await, []);
        let order = shop.order(hold.id).await;
        assert_eq!(found(&shop, "early").await, [order]);
        // The address of its contact, in any spelling.
        let held = shop.hold(sale.products[0], 1).await;
        let contact = Contact { email: "buyer@example.com".parse().unwrap(), name: None, address: None, language: None };
        let bought = shop.checkout.place_order(held.id, Some(contact), owner(), None).await.unwrap().value;
        assert_eq!(found(&shop, " Buyer@Example.com").await, [bought]);
        assert_eq!(found(&shop, "buyer@example.co").await, []);
        assert_eq!(refused(shop.checkout.order_by_number("HF-0000-0000".parse().unwrap()).await), Refusal::UnknownOrder);
    }

    async fn no_row_is_lost_or_doubled_while_new_ones_come(shop: Shop) {
        let sale = sale(&shop).await;
        for direction in [Direction::NewestFirst, Direction::OldestFirst] {
            let before = orders(&shop, &OrderFilter::default(), PageRequest { direction, ..ALL }).await;
            let filter = OrderFilter { product: Some(sale.products[0]), ..OrderFilter::default() };
            let first = PageRequest { after: None, direction, limit: 3 };
            let seen = pages(first, async |page| {
                order_for(&shop, sale.products[0], owner(), None).await;
                shop.checkout.list_orders(&filter, page).await.unwrap()
            });
            // The oldest orders first also show new ones at the end; the test places one for each page.
            let seen = tokio::time::timeout(Duration::from_mins(1), seen).await.unwrap();
            let known = |order: &&Order| before.iter().any(|b| b.id == order.id);
            let seen_before: Vec<_> = seen.iter().filter(known).map(|order| order.id).collect();
            let expected: Vec<_> = before.iter().filter(|o| o.product_id == sale.products[0]).map(|o| o.id).collect();
            assert_eq!(seen_before, expected);
            let mut ids: Vec<_> = seen.iter().map(|order| order.id).collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), seen.len());
        }
    }

    async fn a_search_of_any_text_is_a_parameter(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let names = ["O'Brien", "%", "_", "a\"b", "');--", "\\", "$1 ?1 {}", "日本", "Ada  Lovelace"];
        for name in names {
            order_for(&shop, phone, owner(), Some(shopper(name))).await;
        }
        for name in names {
            let found = found(&shop, name).await;
            let [order] = &found[..] else { panic!("{name}: {found:?}") };
            assert_eq!(order.shopper.as_ref().unwrap().as_str(), name);
        }
        let long = "x".repeat(10_000);
        for text in ["a\0b", "\u{1}", &long, "'", "O'Bri%", "ada"] {
            assert_eq!(found(&shop, text).await, [], "{text:.20}");
            let payments = PaymentFilter { search: PaymentSearch::parse(text), ..PaymentFilter::default() };
            assert_eq!(shop.checkout.list_payments(&payments, ALL).await.unwrap().items, []);
            // A text that did not go through the parser does no harm either.
            let payments = PaymentFilter { search: Some(PaymentSearch::Text(text.to_owned())), ..payments };
            assert_eq!(shop.checkout.list_payments(&payments, ALL).await.unwrap().items, []);
            let refunds = RefundFilter { search: Some(RefundSearch::Text(text.to_owned())), ..RefundFilter::default() };
            assert_eq!(shop.checkout.list_refunds(&refunds, ALL).await.unwrap().items, []);
        }
        assert_eq!(orders(&shop, &OrderFilter { search: OrderSearch::parse("  "), ..OrderFilter::default() }, ALL).await.len(), 9);
    }

    async fn a_page_has_at_least_one_row_and_a_bounded_number(shop: Shop) {
        let phone = shop.phone(9).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.ordered(phone, 1).await;
        let page = |limit| PageRequest { limit, ..OLDEST_FIRST };
        let first = shop.checkout.list_orders(&OrderFilter::default(), page(0)).await.unwrap();
        assert_eq!((first.items.len(), first.next), (1, Some(order.id.0)));
        let all = shop.checkout.list_orders(&OrderFilter::default(), page(u32::MAX)).await.unwrap();
        assert_eq!((all.items.len(), all.next), (2, None));
        assert_eq!(shop.checkout.list_orders(&OrderFilter::default(), page(2)).await.unwrap().next, None);
    }
}
