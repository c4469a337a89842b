# Everything a person does here. "make run" and "make test" do their own set-up
# on a fresh Debian 12 or 13 with Go, make, and root or sudo.

LISTEN ?= 127.0.0.1:8080
DATA   ?= data
CONFIG ?= config.yaml

FUZZTIME ?= 60s

# Rooms where goroutines meet; the race detector is slow, so it stays with them.
RACE = $(patsubst %,./%,$(wildcard server/access server/app server/door server/feed server/journal server/live server/notify server/office server/outlook server/overbook server/people server/speech server/sqlite server/stats server/wire static))

# Tests wait for disks and browsers more than they reckon, so that two cores are
# busy only with more rooms, and more browsers, at once.
AT_ONCE  = 4
BROWSERS = 3

.DEFAULT_GOAL := help
.PHONY: help run demo build test bench bench-fanout bench-storm bench-commands bench-mixed bench-soak bench-report bench-test bench-forecast shots fuzz words inline clean packages packages-test format vet house node go race fuzz-short browser

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

run: build ## build and serve on LISTEN (127.0.0.1:8080) with CONFIG and DATA
	./aufruf serve --config $(CONFIG) --data $(DATA) --listen $(LISTEN)

demo: build ## a whole invented morning at 30 times its speed
	./aufruf demo

build: packages ## the program, ./aufruf
	@go build -o aufruf ./server

test: packages-test format vet house node go bench-test race fuzz-short browser ## all checks
	@echo "== all passed"

bench: packages ## measure what docs/benchmarks.md holds
	go test -run '^$$' -bench . -benchmem ./server/... ./display/...
	@$(MAKE) --no-print-directory bench-fanout bench-storm bench-commands bench-mixed bench-report

# A module of its own: the product does not depend on those it is compared with.
# BENCH holds flags, such as BENCH="--conns 2000 --rounds 1".
BENCH ?=

bench-fanout: packages ## followers of one server, beside a ruler and the peers (8 minutes)
	@go -C server/bench run . fanout $(BENCH)

bench-storm: packages ## a town connects at once, and next is pressed meanwhile (3 minutes)
	@go -C server/bench run . storm $(BENCH)

bench-commands: packages ## durable commands a second (2 minutes)
	@go -C server/bench run . commands $(BENCH)

bench-mixed: packages ## frozen phones, and the lobby screen's latency (3 minutes)
	@go -C server/bench run . mixed $(BENCH)

bench-soak: packages ## half an hour of connecting, freezing, vanishing and storms
	@go -C server/bench run . soak $(BENCH)

bench-report: ## write what was measured into docs/benchmarks.md and docs/bench
	@go -C server/bench run . report

bench-forecast: packages ## measure predicted waits, DAYS=folder of public days, into docs/forecast.md
	go run ./server/yardstick/score $(if $(DAYS),--days $(DAYS)) --out docs

shots: packages-test build node_modules/.package-lock.json ## pictures of every page, into build/shots
	node display/browser/shots.mjs

fuzz: packages ## every fuzz test for FUZZTIME (60s) each
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9]*' server display static | \
	while IFS=: read -r file name; do \
		echo "== fuzz $${name#func } $(FUZZTIME)"; \
		go test -run '^$$' -fuzz "^$${name#func }$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" || exit 1; \
	done

words: ## put display/words/*.json in order
	go run ./server/words/sortwords

inline: ## make what stands inside the phone page anew, after its script, style or words changed
	go run ./static/phonepage

clean: ## remove what was built; data stays
	rm -rf aufruf build node_modules

# The parts of "make test", each also alone.

packages:
	@setup/packages.sh run

packages-test:
	@setup/packages.sh test

format:
	@echo "== gofmt"
	@files=$$(gofmt -l server display static setup); \
	if [ -n "$$files" ]; then echo "not formatted, run gofmt -w on:"; echo "$$files"; exit 1; fi

vet:
	@echo "== go vet"
	@go vet ./...

house:
	@echo "== house rules"
	@go test ./setup

node_modules/.package-lock.json: package.json package-lock.json
	@echo "== npm ci"
	@npm ci --no-progress
	@touch $@

node: packages-test node_modules/.package-lock.json
	@echo "== scripts"
	@node --test --test-reporter=dot static/test/*.test.mjs

# The calendar is compared with date-holidays, which npm ci brings.
go: node_modules/.package-lock.json
	@echo "== go tests"
	@go test -p $(AT_ONCE) -timeout 8m ./...

# Speed is not judged here: that every kind of server brings what it should.
bench-test:
	@echo "== the measuring tools"
	@go -C server/bench vet ./...
	@go -C server/bench test -timeout 4m ./...

race:
	@echo "== go tests under the race detector"
	@go test -race -short -p $(AT_ONCE) -timeout 8m $(RACE)

fuzz-short:
	@echo "== a short fuzz of days"
	@go test -run '^$$' -fuzz '^FuzzDay$$' -fuzztime 10s ./server/queue
	@echo "== a short fuzz of frames"
	@go test -run '^$$' -fuzz '^FuzzInbox$$' -fuzztime 5s ./server/wire

browser: packages-test build node_modules/.package-lock.json
	@echo "== browser tests"
	@node --test --test-concurrency=$(BROWSERS) --test-reporter=spec $(wildcard display/browser/*.test.mjs)
