# Short names for those who have make; all of it lives in ./run.
.PHONY: demo test bench mutants judge judge-word doctor clean
demo test bench mutants judge judge-word doctor:
	@./run $@
clean:
	rm -rf .venv out
