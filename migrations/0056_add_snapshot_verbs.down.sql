SELECT set_config('portal.scope', '*', true);

-- An older portal could not carry these out, nor read them.
UPDATE vclusters SET phase = 'ERROR', reason = 'Cancelled', message = '', active_operation_id = NULL
WHERE active_operation_id IN (SELECT id FROM operations WHERE verb IN ('snapshot', 'restore', 'deleteSnapshot'));

DELETE FROM operations WHERE verb IN ('snapshot', 'restore', 'deleteSnapshot');

ALTER TABLE operations
    DROP CONSTRAINT operations_verb_is_known,
    ADD CONSTRAINT operations_verb_is_known CHECK (verb IN (
        'create', 'adopt', 'suspend', 'resume', 'scale', 'update', 'delete', 'undelete', 'purge'
    ));
