# Open VCluster Portal. `make help` lists the verbs; every recipe is a script that says what it does.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run build test check lint format test-kubernetes test-tls test-oidc fuzz sanitize bench bench-tenants bench-quota bench-http abuse quota-chaos \
	migrate clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Install what is missing, start a private PostgreSQL and the portal with a demo (PORT=8080)
	@scripts/run

build: ## Build the server in release
	@scripts/bootstrap build && swift build --configuration release --product vcluster-portal

test: ## Unit, integration and browser tests on a private PostgreSQL that is removed afterwards
	@scripts/test

check: ## The gate: format lint, warnings as errors, tidy rules and all tests
	@scripts/check

lint: ## Format lint and tidy rules only
	@scripts/lint

format: ## Rewrite the sources in the house format
	@swift format --in-place --parallel --recursive Sources Tests Benchmarks/Sources Fuzzing/Sources Package.swift

test-kubernetes: ## The Kubernetes suite against the cluster of $$KUBECONFIG
	@scripts/test-kubernetes

test-tls: ## sslyze and client certificates against the portal over HTTPS
	@scripts/test-tls

test-oidc: ## Sign-in at a real OpenID provider (Debian's glewlwyd, installed when that is possible)
	@scripts/test-oidc

fuzz: ## libFuzzer over the parsers (SECONDS_EACH=60, or RUNS=1000000, TARGETS="request proxy semantics json")
	@scripts/fuzz

sanitize: ## The server's tests under ThreadSanitizer and AddressSanitizer (nightly)
	@scripts/sanitize

bench: ## Measure the list pages with 10,000 vclusters on simulated hosts
	@scripts/bench

bench-tenants: ## Measure lists, trees and moves with 10,000 tenants
	@scripts/bench tenants

bench-quota: ## Measure quota admissions beside pgbench, and with 10 and 10,000 tenants
	@scripts/bench-quota

bench-http: ## Measure the HTTP server beside Hummingbird, FlyingFox, nginx and a C program (ARGUMENTS=--quick)
	@scripts/bench-http $(ARGUMENTS)

abuse: ## Attack the HTTP server while a normal client measures (ARGUMENTS="--repeats 1 'slow heads'")
	@scripts/abuse $(ARGUMENTS)

quota-chaos: ## 64 clients against quotas on two servers while one is killed every 10 s (SECONDS_EACH=60)
	@scripts/quota-chaos $(SECONDS_EACH)

migrate: ## Apply the migrations to PORTAL_DATABASE_URL
	@swift run --configuration release vcluster-portal migrate up

clean: ## Remove build products (the database in .portal/ stays)
	@rm -rf .build
