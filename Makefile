# Short names for those who have make; all of it lives in ./run.
.PHONY: demo test doctor clean
demo test doctor:
	@./run $@
clean:
	rm -rf .venv out
