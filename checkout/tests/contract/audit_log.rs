//! Each operation that changes something has one row in the audit log, in the same commit (P12).

use crate::shop::refused;
use checkout::{
    IssueRefund, OperationContext, Restock, StockChange,
    model::{Actor, ActorKind, ChangeReason, ProductStatus, RefundStep, Refusal},
};
use uuid::Uuid;

crate::scenarios! {
    async fn every_operation_adds_its_row(shop: Shop) {
        let phone = shop.phone(5).await;
        let node = &shop.checkout;
        let by = || Actor::command_line("root");
        let details = checkout::model::ProductDetails { name: "Phone 2".to_owned(), ..phone.details() };
        node.edit_product(phone.id, 1, details.clone(), by()).await.unwrap();
        node.set_product_status(phone.id, ProductStatus::Paused, by()).await.unwrap();
        node.set_product_status(phone.id, ProductStatus::Active, by()).await.unwrap();
        node.set_stock(phone.id, StockChange::By(2), by()).await.unwrap();
        let order = shop.ordered(phone.id, 1).await;
        node.cancel_order_by_operator(order.id, by()).await.unwrap();
        let paid = shop.paid(phone.id, 1, "tx").await;
        let issue = IssueRefund { id: node.new_refund_id(), order: paid.id, amount: Some(9), restock: Restock::All };
        node.issue_refund(issue, by()).await.unwrap();
        node.advance_refund(issue.id, 1, RefundStep::Send, by()).await.unwrap();
        let refund = issue.id;
        // The order of an object's fields does not matter.
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        let row = |action: &str, kind: &str, before: &str, after: &str| (action.to_owned(), kind.to_owned(), json(before), json(after));
        let issued = format!(
            r#"{{"amount":9,"currency":"USD","refund_id":"{refund}","refunds_issued":9,"restocked":1}}"#
        );
        let expected = [
            row("product.edit", "product", r#"{"name":"Phone"}"#, r#"{"name":"Phone 2","revision":2}"#),
            row("product.pause", "product", r#"{"status":"active"}"#, r#"{"status":"paused"}"#),
            row("product.resume", "product", r#"{"status":"paused"}"#, r#"{"status":"active"}"#),
            row("product.stock", "product", r#"{"available":5,"total":5}"#, r#"{"available":7,"total":7}"#),
            row("order.cancel", "order", r#"{"status":"pending"}"#, r#"{"status":"cancelled","units":1}"#),
            row("refund.issue", "order", r#"{"refunds_issued":0,"restocked":0}"#, &issued),
            row("refund.send", "refund", r#"{"attempt":1,"state":"due"}"#, r#"{"attempt":1,"state":"sending"}"#),
        ];
        let stored = shop.audit_log().await.into_iter().map(|(action, kind, before, after)| {
            (action, kind, before.as_deref().and_then(json), after.as_deref().and_then(json))
        });
        assert_eq!(stored.collect::<Vec<_>>(), expected);
        // Neither a no-op nor a refusal adds a row.
        node.set_product_status(phone.id, ProductStatus::Active, by()).await.unwrap();
        node.edit_product(phone.id, 2, details, by()).await.unwrap();
        node.cancel_order_by_operator(order.id, by()).await.unwrap();
        node.issue_refund(issue, by()).await.unwrap();
        node.advance_refund(issue.id, 1, RefundStep::Send, by()).await.unwrap();
        assert_eq!(refused(node.cancel_order_by_operator(paid.id, by()).await), Refusal::OrderPaid);
        assert_eq!(shop.audit_log().await.len(), 7);
    }

    async fn a_row_names_the_actor_and_the_reason(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let by = Actor { kind: ActorKind::Client, id: Some(Uuid::from_u128(9)), name: "Back office".to_owned() };
        let reason = Some(ChangeReason::try_from("found \"two\" more, ünder the shelf".to_owned()).unwrap());
        let context = OperationContext { by, reason, idempotency: None };
        shop.checkout.set_stock(phone, StockChange::By(2), context).await.unwrap();
        let sql = "SELECT actor_kind, actor_name, object_id, reason FROM audit_log WHERE action = 'product.stock' AND actor_id IS NOT NULL";
        let rows: Vec<(String, String, String, String)> = shop.database.rows(sql).await;
        let expected = ["client", "Back office", &phone.to_string(), "found \"two\" more, ünder the shelf"].map(str::to_owned);
        let [row] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!([&row.0, &row.1, &row.2, &row.3].map(String::as_str), expected.each_ref().map(String::as_str));
    }
}
