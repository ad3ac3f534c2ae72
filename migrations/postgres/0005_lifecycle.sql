-- Products that are edited, paused and archived; refunds; and short numbers of orders.
--
-- A server of the version before keeps working beside this schema: each new column has a default. Until the last of them is
-- replaced, do not pause products or change prices: the old version knows neither.

ALTER TABLE products
    ADD COLUMN pictures jsonb  NOT NULL DEFAULT '[]',
    ADD COLUMN status   text   NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'archived')),
    ADD COLUMN revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0);

-- The price when the hold was placed. Only holds of an older version have none: then the product's price counts.
ALTER TABLE holds ADD COLUMN unit_price bigint CHECK (unit_price >= 0);
UPDATE holds h SET unit_price = p.price FROM products p WHERE p.id = h.product_id AND h.status = 'active';

CREATE FUNCTION keep_price_of_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE holds SET unit_price = old.price WHERE product_id = new.id AND status = 'active' AND unit_price IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER products_price_changed AFTER UPDATE OF price ON products
    FOR EACH ROW WHEN (old.price <> new.price) EXECUTE FUNCTION keep_price_of_holds();

ALTER TABLE orders
    ADD COLUMN number           text,
    -- The product's version in the last commit that changed the order.
    ADD COLUMN version          bigint NOT NULL DEFAULT 0,
    -- Sums of the refunds of the order's own payment: those that have not failed, those that succeeded, and the units that
    -- they have put back on sale.
    ADD COLUMN refunds_issued   bigint NOT NULL DEFAULT 0,
    ADD COLUMN refunds_returned bigint NOT NULL DEFAULT 0,
    ADD COLUMN restocked        bigint NOT NULL DEFAULT 0,
    ADD CHECK (refunds_issued BETWEEN 0 AND amount AND (refunds_issued = 0 OR status = 'paid')),
    ADD CHECK (refunds_returned BETWEEN 0 AND refunds_issued),
    ADD CHECK (restocked BETWEEN 0 AND qty AND (restocked = 0 OR status = 'paid'));

-- Eight random characters of Crockford's base 32 for the orders that there are. The condition depends on the order, so that
-- each order draws its own characters.
UPDATE orders SET number = (
    SELECT 'HF-' || substr(code, 1, 4) || '-' || substr(code, 5) FROM (
        SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + floor(random() * 32)::int, 1), '') AS code
        FROM generate_series(1, 8) WHERE orders.id IS NOT NULL) AS drawn);
CREATE UNIQUE INDEX orders_number ON orders (number) WHERE number IS NOT NULL;

ALTER TABLE payment_webhooks
    DROP CONSTRAINT payment_webhooks_refund_reason_check,
    ADD CONSTRAINT payment_webhooks_refund_reason_check
        CHECK (refund_reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created', 'over_limit'));

-- Money that goes back to a shopper. A refund with an event returns that event's money in full (P7) and has the event's id;
-- one without returns a part of the order's own payment.
CREATE TABLE refunds (
    id                 uuid        NOT NULL PRIMARY KEY,
    order_id           uuid,
    event_id           uuid        UNIQUE CHECK (event_id = id),
    product_id         uuid,
    transaction_id     text        NOT NULL,
    amount             bigint               CHECK (amount >= 0),
    currency           text                 CHECK (length(currency) = 3),
    reason             text        NOT NULL CHECK (reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created', 'over_limit', 'by_operator')),
    restocked          bigint      NOT NULL CHECK (restocked >= 0),
    state              text        NOT NULL CHECK (state IN ('due', 'sending', 'succeeded', 'failed', 'withdrawn')),
    attempt            bigint      NOT NULL CHECK (attempt > 0),
    provider_reference text,
    note               text,
    failure            text,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    version            bigint      NOT NULL CHECK (version > 0),
    CHECK ((reason = 'by_operator') = (event_id IS NULL)),
    CHECK (event_id IS NOT NULL OR (order_id IS NOT NULL AND amount IS NOT NULL AND currency IS NOT NULL)),
    CHECK (event_id IS NULL OR restocked = 0),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK (state = 'succeeded' OR note IS NULL)
);

CREATE INDEX refunds_order ON refunds (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX refunds_open ON refunds (created_at) WHERE state IN ('due', 'sending', 'failed');

INSERT INTO refunds
SELECT w.id, coalesce(w.order_id, o.id), w.id, w.product_id, w.transaction_id, w.amount, w.currency, w.refund_reason, 0,
       CASE w.outcome WHEN 'refunded' THEN 'succeeded' ELSE 'due' END, 1, NULL, NULL, NULL, w.received_at, w.received_at, 1
FROM payment_webhooks w LEFT JOIN orders o ON o.hold_id = w.hold_id WHERE w.outcome IN ('refund_due', 'refunded');
