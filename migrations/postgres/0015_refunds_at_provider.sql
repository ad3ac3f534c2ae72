-- Refunds that were made at the payment provider, and reports of refunds.
--
-- A server of the version before keeps working beside this schema, but cannot show a refund that was made at the provider, nor
-- its order. Until the last of them is replaced, it also acknowledges the provider's reports of refunds without recording them.
ALTER TABLE refunds
    -- A worker carries out the attempt, with the refund's id in the provider's metadata.
    ADD COLUMN automatic boolean NOT NULL DEFAULT false;

-- The constraints that know the reasons get one more of them. PostgreSQL numbers the names of a table's constraints, so they
-- are found by what they say.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'refunds'::regclass AND contype = 'c'
          AND (pg_get_constraintdef(oid) LIKE '%by_operator%'
               OR pg_get_constraintdef(oid) LIKE '%order_id IS NOT NULL%')
    LOOP
        EXECUTE format('ALTER TABLE refunds DROP CONSTRAINT %I', name);
    END LOOP;
END
$$;
ALTER TABLE refunds
    ADD CONSTRAINT refunds_reason_check CHECK (reason IN ('sold_out', 'already_paid', 'amount_mismatch', 'order_never_created', 'over_limit', 'by_operator', 'at_provider')),
    ADD CONSTRAINT refunds_event_check CHECK ((reason IN ('by_operator', 'at_provider')) = (event_id IS NULL)),
    -- The payment that was returned at the provider may have no order.
    ADD CONSTRAINT refunds_order_check CHECK (event_id IS NOT NULL OR (amount IS NOT NULL AND currency IS NOT NULL AND (order_id IS NOT NULL OR reason = 'at_provider')));

-- A refund that was made at the provider is recorded once, whichever node hears of it first.
CREATE UNIQUE INDEX refunds_at_provider ON refunds (provider_reference) WHERE reason = 'at_provider';

-- Money that the provider has returned beyond an order's amount. It adds to refunds_issued and refunds_returned, which stay within
-- the amount.
ALTER TABLE orders
    ADD COLUMN issued_beyond   bigint NOT NULL DEFAULT 0 CHECK (issued_beyond >= 0),
    ADD COLUMN returned_beyond bigint NOT NULL DEFAULT 0 CHECK (returned_beyond >= 0);
