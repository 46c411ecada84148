DROP TABLE operation_logs;
DROP TABLE operation_steps;
DROP TABLE operations;
