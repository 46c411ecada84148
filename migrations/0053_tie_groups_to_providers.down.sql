SELECT set_config('portal.scope', '*', true);

DROP INDEX groups_external_id_is_unique;

-- One name can be one group only: the one that was made first keeps it.
UPDATE groups AS g
SET external_id = NULL, provider = NULL
WHERE EXISTS (SELECT FROM groups AS o WHERE o.external_id = g.external_id AND o.id < g.id);

ALTER TABLE group_members DROP COLUMN provider;
ALTER TABLE groups DROP COLUMN provider;
CREATE UNIQUE INDEX groups_external_id_is_unique ON groups (external_id);
