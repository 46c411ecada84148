DROP TABLE vclusters;
