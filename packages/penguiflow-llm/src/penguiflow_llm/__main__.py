"""The `penguiflow-llm` command. Its libraries come with the extra `cli`; without them it says so and ends."""

import sys
from typing import Final

_EXTRA: Final = frozenset({"penguiflow_llm_testing", "rich", "typer"})
_ADVICE: Final = "penguiflow-llm: the command line is not installed; run: pip install 'penguiflow-llm[cli]'\n"


def main() -> None:
    """Run the command on `sys.argv`; ends the process with a documented exit code."""
    try:
        # Here, not at the top: where the extra is not installed, one line is to say so, not a traceback.
        from penguiflow_llm._cli import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write(_ADVICE)
        raise SystemExit(2) from None
    app(prog_name="penguiflow-llm")


if __name__ == "__main__":
    main()
