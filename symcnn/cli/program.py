"""The program ``symcnn``: its commands, and what happens to errors."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Generator, Sequence
from difflib import get_close_matches
from typing import Any

import click

from symcnn import __version__
from symcnn.cli.check import check
from symcnn.cli.cost import cost
from symcnn.cli.demo import demo
from symcnn.cli.derive import derive
from symcnn.cli.models import models
from symcnn.cli.new import new
from symcnn.cli.output import INTERRUPTED, USAGE, printable
from symcnn.cli.plot import plot
from symcnn.cli.prove import prove
from symcnn.cli.render import render

BROKEN_PIPE = 141  # what a shell reports for a program that this signal ends; never a verdict

# What the library raises for input that it cannot take.
REFUSED = (ValueError, TypeError, ArithmeticError, RecursionError)


class _Program(click.Group):
    """A group whose errors are one line on stderr, without a traceback for what a user can put right."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the program and exit."""
        if not standalone_mode or "_SYMCNN_COMPLETE" in os.environ:
            return super().main(args, prog_name, complete_var, standalone_mode, **extra)
        _tolerant_streams()
        sys.exit(self._run(list(sys.argv[1:] if args is None else args), extra))

    def _run(self, args: list[str], extra: dict[str, Any]) -> int:
        try:
            with _refusals(), self.make_context("symcnn", args, **extra) as ctx:
                self.invoke(ctx)
            sys.stdout.flush()
        except click.exceptions.Exit as stop:
            return stop.exit_code
        except click.ClickException as error:
            return _fail(_message(error), error.exit_code)
        except (click.exceptions.Abort, KeyboardInterrupt):
            return _fail("interrupted", INTERRUPTED)
        except BrokenPipeError:
            # The reader has seen enough.  Python would complain once more when it flushes at exit.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return BROKEN_PIPE
        except OSError as error:
            return _fail(str(error), USAGE)
        return 0

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of this name; suggests a similar one where there is none."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            close = get_close_matches(args[0], known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise click.UsageError(f"no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


@contextlib.contextmanager
def _refusals() -> Generator[None]:
    """Input that the library refuses is a usage error."""
    try:
        yield
    except RecursionError:
        raise click.UsageError("the input is nested too deeply") from None
    except REFUSED as error:
        raise click.UsageError(str(error)) from error


def _message(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    help_on = f" (see {context.command_path} --help)" if context is not None else ""
    return error.format_message().rstrip(".") + help_on


def _fail(message: str, code: int) -> int:
    # One line, whatever the message holds.
    click.echo(f"error: {printable(message)}", err=True)
    return code


def _tolerant_streams() -> None:
    """A letter that the terminal's encoding lacks is shown as an escape, not as a failure."""
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)
        if change is not None:
            change(errors="backslashreplace")


@click.group(
    cls=_Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="symcnn")
@click.pass_context
def main(ctx: click.Context) -> None:
    """What neural-network layers cost, in closed form: derived from their defining equations.

    \b
    symcnn demo
    symcnn derive Conv2d
    symcnn derive "Conv2d(C_in, C_out, kernel_size=(K_1, K_2), stride=S, padding=P)"
    symcnn cost resnet50 --input N,3,H,W --at H=224,W=224
    symcnn plot cost resnet50 -o resnet50.png
    symcnn models
    symcnn prove proofs/pooling
    symcnn check solution.md
    symcnn render solution.md -o solution.html
    symcnn new solution.md

    Exit codes: 0 all well, 2 usage or input that cannot be read; of prove and check also 1 a
    verdict is not as expected, 3 something is unknown.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(USAGE)


for command in (derive, cost, plot, models, prove, check, render, new, demo):
    main.add_command(command)
