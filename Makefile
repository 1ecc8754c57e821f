# make test: everything a change must pass. make check: the quick part. make demo: one report from scan to JSON.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SAMPLE ?= $(firstword $(wildcard fixtures/cases/*scan*.pdf fixtures/cases/*office*.pdf fixtures/cases/*/*scan*.pdf fixtures/cases/*/*office*.pdf))
OUT ?= out/demo

export OMP_THREAD_LIMIT := 1
export OMP_NUM_THREADS := 1

.PHONY: help install system fonts check test demo accuracy calibrate bench-review bench-rematch soak-review soak bench-bulk bench-export soak-export wheel-test bench-split pins clean soak-corpus

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 20

$(STAMP): pyproject.toml requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "extractor needs Python 3.11 or later: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@# a checkout is not compiled as packages are, and where Python may not write, each process would compile it again
	$(BIN)/python -m compileall -q extractor
	@touch $(STAMP)

install: $(STAMP) ## set up .venv with the pinned packages and this checkout

system: ## install Tesseract with Vietnamese where it is missing (root), or say how
	@bash tools/install_system.sh

check: $(STAMP) ## format, lint, types, import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest tests/test_house.py

WORKERS ?= 2

test: $(STAMP) system check ## everything: check, all tests (in WORKERS processes), wheel and editable install
	$(BIN)/pytest -n $(WORKERS) --dist worksteal
	@echo "make test: all checks and tests passed"

demo: $(STAMP) ## extract the sample scan of fixtures/cases and print what a reviewer would see
	@test -n "$(SAMPLE)" || { echo "no sample scan in fixtures/cases" >&2; exit 1; }
	$(BIN)/extractor extract "$(SAMPLE)" --out $(OUT)
	$(BIN)/extractor show $(OUT)/*.json

PROFILES ?= all
COUNT ?= 12
SEED ?= 1
JOBS ?= 2
ACCURACY ?= out/accuracy

fonts: ## install the fonts that measurements and calibration draw with (root), or say which
	@bash tools/install_fonts.sh

accuracy: $(STAMP) fonts ## measure on freshly generated reports: PROFILES, COUNT a profile, SEED, JOBS
	rm -rf $(ACCURACY)
	$(BIN)/python -m fixtures.generator --profile $(PROFILES) --count $(COUNT) --seed $(SEED) --out $(ACCURACY)/truth --jobs $(JOBS)
	-$(BIN)/extractor extract $(ACCURACY)/truth --out $(ACCURACY)/read --jobs $(JOBS)
	$(BIN)/extractor evaluate $(ACCURACY)/truth $(ACCURACY)/read --json $(ACCURACY)/measures.json
	$(BIN)/python -m tools.accuracy_tables $(ACCURACY)/measures.json

CALIBRATION ?= out/calibration
SHORT_SEED ?= 2
# head fields are few in a report, so that short ones are read for them alone
SHORT := born-digital,clean-300,office-300,office-200,skewed-300,photo-150,mixed,turned,faint-200,jpeg-40

calibrate: $(STAMP) fonts ## fit models/trust.json again on generated reports, an hour: COUNT a profile, SEED, JOBS
	rm -rf $(CALIBRATION)
	$(BIN)/python -m fixtures.generator --profile all --count $(COUNT) --seed $(SEED) --out $(CALIBRATION)/truth --jobs $(JOBS)
	$(BIN)/python -m fixtures.generator --profile $(SHORT) --count 16 --seed $(SHORT_SEED) --pages-max 3 \
	  --out $(CALIBRATION)/short --jobs $(JOBS)
	-$(BIN)/extractor extract $(CALIBRATION)/truth --out $(CALIBRATION)/read --jobs $(JOBS) -q
	-$(BIN)/extractor extract $(CALIBRATION)/short --out $(CALIBRATION)/read-short --jobs $(JOBS) -q
	$(BIN)/extractor calibrate $(CALIBRATION)/short $(CALIBRATION)/read-short --save $(CALIBRATION)/heads.jsonl --only head
	$(BIN)/extractor calibrate $(CALIBRATION)/truth $(CALIBRATION)/read --reviews $(CALIBRATION)/heads.jsonl \
	  --out models/trust.json --recipe "make calibrate COUNT=$(COUNT) SEED=$(SEED) SHORT_SEED=$(SHORT_SEED)"
	$(BIN)/python tools/manifest.py

bench-review: $(STAMP) ## from a key to the next crop shown, with 100,000 tasks in the queue, on both databases
	$(BIN)/python -m tools.bench_review
	$(BIN)/python -m tools.bench_review --postgresql

bench-rematch: $(STAMP) ## 400 stored reports judged again, said only and kept, on both databases
	$(BIN)/python -m tools.bench_rematch
	$(BIN)/python -m tools.bench_rematch --postgresql

soak-review: $(STAMP) ## twenty reviewers, two thousand cells, a server that is killed, on both databases
	EXTRACTOR_TEST_REVIEWERS=20 EXTRACTOR_TEST_DOCUMENTS=18 $(BIN)/pytest tests/web/test_many.py
	EXTRACTOR_TEST_CELLS=200 $(BIN)/pytest tests/web/test_review.py -k test_many_cells

PAUSE ?= 4 10
# COUNT has a default for other targets: it counts here only where it was given
SOAK_COUNT := $(if $(filter file,$(origin COUNT)),2000,$(COUNT))
SOAK_FEW := $(if $(filter file,$(origin COUNT)),200,$(COUNT))

soak: $(STAMP) ## bulk runs killed at random until done: COUNT documents (else 2000, 200 on the other combinations), SEED; CORPUS=DIR: broken PDFs
ifdef CORPUS
	$(MAKE) soak-corpus CORPUS="$(CORPUS)"
else
	$(BIN)/python -m tools.soak_bulk --seed $(SEED) --pause $(PAUSE) --count $(SOAK_COUNT)
	$(BIN)/python -m tools.soak_bulk --seed $(SEED) --pause $(PAUSE) --count $(SOAK_FEW) --postgresql
	$(BIN)/python -m tools.soak_bulk --seed $(SEED) --pause $(PAUSE) --count $(SOAK_FEW) --cluster
	$(BIN)/python -m tools.soak_bulk --seed $(SEED) --pause $(PAUSE) --count $(SOAK_FEW) --postgresql --cluster
endif

bench-bulk: $(STAMP) ## what the runner costs beside bare processes, and the memory of a process over 500 documents
	$(BIN)/python -m tools.bench_bulk --seed $(SEED)
	$(BIN)/python -m tools.bench_bulk --seed $(SEED) --memory 500

bench-export: $(STAMP) ## a million observations to files and databases, twice each: seconds and memory
	$(BIN)/python -m tools.bench_export

soak-export: $(STAMP) ## 500 reports of 11 districts x 5 years exported, corrected and read again under random kills, stores of both kinds
	EXTRACTOR_TEST_DOCUMENTS=500 EXTRACTOR_TEST_KILLS=40 EXTRACTOR_TEST_PAUSE=10 $(BIN)/pytest -s tests/export/test_kills.py

REPORTS ?= out/split

bench-split: $(STAMP) ## feeder files of generated reports (in REPORTS, made where missing): what is found, what is wrong
	test -d $(REPORTS) || $(BIN)/python -m fixtures.generator --profile born-digital --count 18 --seed 88000 --out $(REPORTS)
	$(BIN)/python -m tools.bench_split $(REPORTS) --files 32

CORPUS ?=
CORPUS_BULK ?= 200

soak-corpus: $(STAMP) ## open and draw a folder of broken PDFs, and run bulk over some: CORPUS=DIR, CORPUS_BULK=N, JOBS
	@test -n "$(CORPUS)" || { echo "give CORPUS=DIR, a folder of PDFs" >&2; exit 1; }
	$(BIN)/python -m tools.soak_corpus "$(CORPUS)" --bulk $(CORPUS_BULK) --jobs $(JOBS)

pins: ## make requirements.txt again from pyproject.toml (needs uv in .venv)
	bash tools/pin.sh $(BIN)

clean: ## remove what make made
	rm -rf $(VENV) out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
