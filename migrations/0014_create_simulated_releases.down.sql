DROP TABLE simulated_releases;
