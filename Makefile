# Short names for run.py, which does all the work.
.PHONY: run test demo

run:
	python3 run.py

test:
	python3 run.py test

demo:
	python3 run.py demo --out out
