DROP FUNCTION approval_people(uuid);
DROP TABLE approval_entries;
DROP TABLE approval_requests;
