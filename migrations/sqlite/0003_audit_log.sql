-- Each change that a person makes, written in the transaction of the change (P12). Rows are added and never changed.
CREATE TABLE audit_log (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at          INTEGER NOT NULL,
    actor_kind  TEXT    NOT NULL CHECK (actor_kind IN ('operator', 'client', 'command_line', 'system')),
    actor_id    BLOB             CHECK (length(actor_id) = 16),
    -- The name at that time: an operator may be renamed or removed later.
    actor_name  TEXT    NOT NULL,
    action      TEXT    NOT NULL CHECK (action <> ''),
    object_kind TEXT    NOT NULL CHECK (object_kind <> ''),
    object_id   TEXT    NOT NULL,
    before      TEXT             CHECK (json_valid(before)),
    after       TEXT             CHECK (json_valid(after)),
    reason      TEXT,
    CHECK (actor_kind IN ('command_line', 'system') OR actor_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_log_object ON audit_log (object_kind, object_id, id);
CREATE INDEX audit_log_actor ON audit_log (actor_name, id);
CREATE INDEX audit_log_action ON audit_log (action, id);
