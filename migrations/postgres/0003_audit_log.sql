-- Each change that a person makes, written in the transaction of the change (P12). Rows are added and never changed.
CREATE TABLE audit_log (
    id          uuid        NOT NULL PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_kind  text        NOT NULL CHECK (actor_kind IN ('operator', 'client', 'command_line', 'system')),
    actor_id    uuid,
    -- The name at that time: an operator may be renamed or removed later.
    actor_name  text        NOT NULL,
    action      text        NOT NULL CHECK (action <> ''),
    object_kind text        NOT NULL CHECK (object_kind <> ''),
    object_id   text        NOT NULL,
    -- Text, so that it comes back byte for byte.
    before      text                 CHECK (before IS NULL OR before::jsonb IS NOT NULL),
    after       text                 CHECK (after IS NULL OR after::jsonb IS NOT NULL),
    reason      text,
    CHECK (actor_kind IN ('command_line', 'system') OR actor_id IS NOT NULL)
);

CREATE INDEX audit_log_object ON audit_log (object_kind, object_id, id);
CREATE INDEX audit_log_actor ON audit_log (actor_name, id);
CREATE INDEX audit_log_action ON audit_log (action, id);
