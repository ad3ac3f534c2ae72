-- The scopes of an API client, as OAuth writes them: names with spaces between them. A client that exists, or that a server of
-- the version before adds, may check out and nothing else.
ALTER TABLE api_clients ADD COLUMN scopes TEXT NOT NULL DEFAULT 'checkout' CHECK (length(scopes) BETWEEN 1 AND 1000);
