DROP TABLE approval_policies;
