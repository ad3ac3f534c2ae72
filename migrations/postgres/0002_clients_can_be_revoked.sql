-- A client that was revoked gets no tokens, and the ones it has are no longer good. Its row stays: it owns holds and orders.
ALTER TABLE api_clients ADD COLUMN revoked_at timestamptz;
