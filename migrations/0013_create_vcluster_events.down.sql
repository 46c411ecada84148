DROP TABLE vcluster_events;
