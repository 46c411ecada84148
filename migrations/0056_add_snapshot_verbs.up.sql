-- Operations may be about snapshots.
ALTER TABLE operations
    DROP CONSTRAINT operations_verb_is_known,
    ADD CONSTRAINT operations_verb_is_known CHECK (verb IN (
        'create', 'adopt', 'suspend', 'resume', 'scale', 'update', 'delete', 'undelete', 'purge', 'snapshot', 'restore',
        'deleteSnapshot'
    ));
