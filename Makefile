# The commands of the project. They need Python 3.11 or newer and the package index; `check` and `test-system`
# use other tools if they are installed, and name those that are not.

# Paths are relative on purpose: the checkout may lie in a folder with a space in its name.
BIN := .venv/bin
DATA := $(or $(NEEDTOKNOW_DATA),data)
PORT := $(or $(PORT),$(NEEDTOKNOW_PORT),8000)
PEOPLE := 5000
RNG := 1
DOCUMENTS := 20000
SEED := 1
ARGS :=

# One more than there are processors: a tenth of the time a test waits for a disk or for a process that it started.
WORKERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# What `make test` runs; `make test-system` runs the others.
FAST := not system and not slow

# What tests prove of need-to-know, they prove of sources and a journal in PostgreSQL too, and of remote sources.
ELSEWHERE := tests/attacks tests/schema tests/api/test_oracle.py

# Without this, a shell that sets it makes each process of the tests compile every module again.
unexport PYTHONDONTWRITEBYTECODE

SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON = $(shell for each in python3.11 python3 python3.12 python3.13; do \
	"$$each" -c '$(SUITABLE)' 2>/dev/null && { echo "$$each"; break; }; done)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
CLIENT_LOCK := --universal --python-version 3.11 --generate-hashes --quiet
LOCK := $(CLIENT_LOCK) --extra otlp --extra postgres --group build

.DEFAULT_GOAL := help
.PHONY: help run test coverage check oracle test-system seed bench load docs pictures lock clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

run: .venv/runtime.stamp ## serve on http://127.0.0.1:8000/graphql, with a world and a demo sign-in (PORT=8000 DATA=data)
	@test -e "$(DATA)/world.json" || $(BIN)/needtoknow seed --data "$(DATA)" --people $(PEOPLE) --rng $(RNG)
	@exec $(BIN)/needtoknow serve --data "$(DATA)" --port $(PORT) --demo

test: .venv/dev.stamp ## run the tests that are fast and need only Python (ARGS="-k name")
	@PYTEST_XDIST_AUTO_NUM_WORKERS=$(WORKERS) $(BIN)/python -m pytest -m "$(FAST)" --numprocesses auto --maxprocesses 8 \
		--dist worksteal $(ARGS)

coverage: override ARGS += --cov
coverage: FAST := not system
coverage: test ## run every test that needs only Python, and list the lines and branches that none ran; takes minutes

RETIRED := [Cc]rew|[Ee]rrands?|[Kk]nocks|[Tt]urnstile|[Pp]arcel|[Oo]utbox|[Ss]pool|[Nn]otary|[Rr]uling|[Bb]lueprint|[Ll]edger|[Tt]old|hops?|heap
RETIRED := $(RETIRED)|[Ww]hoever|[Ww]hatever|Desk|Followed|Looked|Opened|is_shut|as_is|NotAsExpected|LastResort|surroundings|turns_away|[A-Z]\w+Wrong

check: .venv/dev.stamp ## lint, format, types, import contracts, SDL snapshot, documentation, Cedar, container files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@! git grep -nwE '$(RETIRED)' -- '*.py' '*.md' '*.ts' '*.tsx' '*.sql' # words that docs/glossary.md replaced
	$(BIN)/needtoknow schema | diff schema/schema.graphql -
	$(BIN)/python -m pytest --quiet tests/test_docs.py tests/test_glossary.py tests/test_packaging.py tests/policy/test_cedar.py
	$(BIN)/hadolint docker/Dockerfile docker/cluster/*.Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker/compose.yaml docker/compose.cluster.yaml
	@if node --eval 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then \
			api/graphiql/check.sh && api/field/check.sh; \
		else echo "SKIPPED: there is no Node 20 or newer here, so GraphiQL and the field app were not built again"; fi

oracle: .venv/dev.stamp ## execute random documents on the engine and on graphql-core, and compare (DOCUMENTS=20000 SEED=1)
	@ORACLE_DOCUMENTS=$(DOCUMENTS) ORACLE_SEED=$(SEED) $(BIN)/python -m pytest --quiet --capture=no tests/*/test_*oracle.py

test-system: .venv/bench.stamp ## run the tests that are slow or need Chromium, Node, buildah or k6; installs what it can
	@missing=$$(tests/system/install.sh) && \
		export SYSTEM_TESTS_MISSING="$$missing" && \
		{ $(BIN)/python -m pytest -m "(system or slow or hypothesis) and not alone" --hypothesis-profile=full \
				--numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS); parallel=$$?; \
			elsewhere=; for kind in postgres remote; do \
				$(BIN)/python -m pytest -m "not system and not alone and not files" --databases=$$kind $(ELSEWHERE) \
					--numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS); elsewhere=$$elsewhere$$?; done; \
			$(BIN)/python -m pytest -m "system and alone" $(ARGS); alone=$$?; \
			case $$parallel$$elsewhere$$alone in 5555) exit 1 ;; [05][05][05][05]) ;; *) exit 1 ;; esac; } # 5: no test was selected

seed: .venv/runtime.stamp ## write a synthetic world (DATA=data PEOPLE=5000 RNG=1)
	@$(BIN)/needtoknow seed --data "$(DATA)" --people $(PEOPLE) --rng $(RNG)

bench: .venv/bench.stamp ## compare it with other servers side by side (ARGS=--quick for a minute; BASE=rev compares two builds)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory bench/peers/node/node_modules/.package-lock.json; \
		else echo "There is no npm here, so the peers on Node are skipped."; fi
	@$(BIN)/python -m bench $(if $(BASE),--base "$(BASE)") $(ARGS)
	@$(if $(BASE),:,$(BIN)/python -m bench.names)

load: .venv/bench.stamp ## raise the request rate to saturation, or compare two builds (BASE=rev PROFILE=name)
	@$(BIN)/python -m bench.arrivals --people $(PEOPLE) $(if $(BASE),--base "$(BASE)") \
		$(if $(PROFILE),--profile "$(PROFILE)") $(ARGS)

docs: .venv/dev.stamp ## regenerate the SDL snapshot, the side-by-side page and the tables of columns
	@mkdir -p build
	$(BIN)/needtoknow schema > build/schema.graphql && mv build/schema.graphql schema/schema.graphql
	$(BIN)/python docs/need_to_know.py > build/need-to-know.md && mv build/need-to-know.md docs/need-to-know.md
	$(BIN)/python docs/record_columns.py > build/your-own-records.md && mv build/your-own-records.md docs/your-own-records.md

pictures: .venv/dev.stamp ## take the pictures of the pages again in Chromium, or some of them (ARGS="field report")
	@$(BIN)/python -m docs.pictures $(ARGS)

lock: ## resolve the dependencies of pyproject.toml again, and those of the Python clients, and write the locks
	@$(MAKE) --no-print-directory build/lock/bin/uv
	build/lock/bin/uv pip compile $(LOCK) pyproject.toml --upgrade \
		--custom-compile-command "make lock" --output-file requirements.lock
	build/lock/bin/uv pip compile $(LOCK) pyproject.toml --upgrade --group dev --constraints requirements.lock \
		--custom-compile-command "make lock" --output-file requirements-dev.lock
	build/lock/bin/uv pip compile $(LOCK) pyproject.toml --upgrade --group bench --constraints requirements-dev.lock \
		--custom-compile-command "make lock" --output-file requirements-bench.lock
	@printf 'patroni[etcd3]>=4.1,<5\npsycopg[binary]>=3.2\n' | build/lock/bin/uv pip compile $(CLIENT_LOCK) - --upgrade \
		--custom-compile-command "make lock" --output-file docker/cluster/patroni.lock
	@for each in 'gql[httpx]>=4,<5' 'ariadne-codegen>=0.19,<0.20'; do \
		echo "$$each" | build/lock/bin/uv pip compile $(CLIENT_LOCK) - --upgrade --custom-compile-command "make lock" \
			--output-file "tests/system/clients_py/requirements-$${each%%[[>]*}.lock" || exit; done

clean: ## remove the environment and everything built; worlds and journals stay
	rm -rf .venv build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info

# A stamp marks a finished installation. An interrupted one leaves no stamp and runs again.
.venv/runtime.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@$(call install,requirements.lock)
	@touch $@

.venv/dev.stamp: requirements-dev.lock requirements.lock pyproject.toml | .venv/bin/python
	@$(call install,requirements-dev.lock)
	@touch .venv/runtime.stamp $@

# Both locks, so that neither installation removes packages of the other; their versions are the same.
.venv/bench.stamp: requirements-bench.lock .venv/dev.stamp
	@$(PIP) install --no-deps --require-hashes --requirement requirements-bench.lock
	@touch $@

# The packages include Node itself. They need no install scripts, and none is run.
bench/peers/node/node_modules/.package-lock.json: bench/peers/node/package-lock.json
	@cd bench/peers/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

define install
	echo "Installing the packages of $(1) into .venv ..." && \
	$(PIP) install --no-deps --require-hashes --requirement $(1) && \
	$(PIP) install --no-deps --no-build-isolation --editable .
endef

.venv/bin/python:
	@python='$(PYTHON)'; test -n "$$python" || { \
		echo "needtoknow needs Python 3.11 or newer with the venv module (on Debian: apt install python3-venv)." >&2; exit 1; }; \
	"$$python" -m venv .venv

build/lock/bin/uv:
	@python='$(PYTHON)'; "$$python" -m venv build/lock && build/lock/bin/python -m pip install --quiet uv
