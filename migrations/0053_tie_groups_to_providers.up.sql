-- Which identity provider calls a group by its external id, and which one put somebody into a group: the same name can mean
-- other people at another provider.
SELECT set_config('portal.scope', '*', true);

ALTER TABLE groups
    ADD COLUMN provider text,
    ADD CONSTRAINT groups_provider_has_external_id CHECK (provider IS NULL OR external_id IS NOT NULL);

ALTER TABLE group_members
    ADD COLUMN provider text,
    ADD CONSTRAINT group_members_provider_has_source CHECK (provider IS NULL OR source = 'provider');

-- Where people have come from one provider only it is that one. Elsewhere an admin has to say which: until then no claim
-- puts anybody into the group.
UPDATE groups
SET provider = (SELECT min(i.provider) FROM external_identities AS i HAVING count(DISTINCT i.provider) = 1)
WHERE external_id IS NOT NULL;

UPDATE group_members AS m
SET provider = g.provider
FROM groups AS g
WHERE g.id = m.group_id AND m.source = 'provider';

DROP INDEX groups_external_id_is_unique;
CREATE UNIQUE INDEX groups_external_id_is_unique ON groups (provider, external_id);
