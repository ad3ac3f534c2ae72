-- Indexes of the operators' lists, which have the rows of each filter in the order of their ids.
--
-- During a sale they cost one entry in each of two indexes when an order ends, and one entry for a payment. An order that is
-- placed costs nothing: pending orders are found by orders_due. A migration that makes a table anew must make these indexes
-- again.

-- Orders that have ended, by their status as Order::status() returns it. A fully refunded order is stored as paid.
CREATE INDEX orders_ended ON orders (
    CASE WHEN refunds_returned = amount AND amount > 0 THEN 'refunded' ELSE status END, id
) WHERE status <> 'pending';
CREATE INDEX orders_ended_of_product ON orders (
    product_id, CASE WHEN refunds_returned = amount AND amount > 0 THEN 'refunded' ELSE status END, id
) WHERE status <> 'pending';
-- Orders for shoppers whom an API client names. A session of the storefront is found by orders_owner.
CREATE INDEX orders_shopper ON orders (shopper, id) WHERE replace(shopper, '-', '') <> lower(hex(owner));

-- Nearly every payment succeeds and is applied, so that the list of all events has a page of these at hand.
CREATE INDEX payment_webhooks_outcome ON payment_webhooks (outcome, status, id)
    WHERE outcome <> 'applied' OR status <> 'success';
CREATE INDEX payment_webhooks_product ON payment_webhooks (product_id, outcome, status, id) WHERE product_id IS NOT NULL;
-- Other events of a transaction are found by payment_webhooks_said.
CREATE INDEX payment_webhooks_repeated ON payment_webhooks (transaction_id) WHERE outcome = 'duplicate';

-- created_at, so that a period is found in the index.
CREATE INDEX refunds_state ON refunds (state, id, created_at);
CREATE INDEX refunds_product ON refunds (product_id, state, id, created_at) WHERE product_id IS NOT NULL;
CREATE INDEX refunds_transaction ON refunds (transaction_id);
CREATE INDEX refunds_reference ON refunds (provider_reference) WHERE provider_reference IS NOT NULL;

-- An operator's action costs one entry more.
CREATE INDEX audit_log_kind ON audit_log (object_kind, id);
