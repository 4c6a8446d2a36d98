# Short names for those who have make. The commands themselves are in run.py and need nothing but Python.
PYTHON ?= python3

.PHONY: report test lab
report test lab:
	$(PYTHON) run.py $@
