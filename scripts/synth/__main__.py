"""The rig's command line, from the project's root: `python -m scripts.synth render --out FOLDER`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .clip import ClipSpec, Shoot, load_specs
from .clip import render as render_clip

DEVELOPMENT_SET = Path(__file__).with_name("development_set.toml")
app = typer.Typer(add_completion=False, help="Render scripted squats with exact truth.")
Specs = Annotated[Path, typer.Argument(help="TOML file that describes clips.", exists=True, dir_okay=False)]
Only = Annotated[list[str] | None, typer.Option("--only", help="Render just this clip; may be repeated.")]
Out = Annotated[Path, typer.Option("--out", help="Folder the clips go to, one folder each.")]


def _chosen(specs: Path, only: list[str] | None) -> list[ClipSpec]:
    clips = load_specs(specs)
    unknown = set(only or ()) - {c.name for c in clips}
    if unknown:
        raise typer.BadParameter(f"no clip of that name: {', '.join(sorted(unknown))}")
    return [c for c in clips if not only or c.name in only]


@app.command()
def render(
    out: Out,
    specs: Specs = DEVELOPMENT_SET,
    only: Only = None,
    again: Annotated[bool, typer.Option(help="Also render clips that are finished already.")] = False,
) -> None:
    """Render every clip, skipping those already finished."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    clips = _chosen(specs, only)
    for n, spec in enumerate(clips, 1):
        folder = out / spec.name
        if (folder / "truth.json.gz").exists() and not again:
            typer.echo(f"{n}/{len(clips)} {spec.name}: there already")
            continue
        began = time.monotonic()
        with Progress(*columns, transient=True) as progress:
            bar = progress.add_task(spec.name)
            render_clip(
                spec, folder, lambda done, of, b=bar, p=progress: p.update(b, completed=done, total=of)
            )
        typer.echo(f"{n}/{len(clips)} {spec.name}: {time.monotonic() - began:.0f} s")


@app.command()
def still(
    out: Annotated[Path, typer.Option("--out", help="PNG file to write.")],
    specs: Specs = DEVELOPMENT_SET,
    only: Only = None,
    at: Annotated[
        float, typer.Option(help="Seconds into the clip; negative: the first move's bottom.")
    ] = -1.0,
) -> None:
    """Write one frame of each chosen clip, side by side, to look at."""
    import numpy as np
    from PIL import Image

    row = []
    for spec in _chosen(specs, only):
        when = at if at >= 0.0 else spec.lead_s + spec.moves[0].down_s
        with Shoot(spec) as shoot:
            moment = min(shoot.moments(), key=lambda m: abs(m.t - when))
            row.append(shoot.frame(moment)[0])
    height = max(p.shape[0] for p in row)
    padded = [np.pad(p, ((0, height - p.shape[0]), (0, 0), (0, 0))) for p in row]
    Image.fromarray(np.concatenate(padded, axis=1)).save(out)


@app.command("list")
def list_clips(specs: Specs = DEVELOPMENT_SET) -> None:
    """Say what the clips are."""
    for c in load_specs(specs):
        frames = int((c.lead_s + sum(m.busy_s + m.rest_s for m in c.moves) + c.tail_s) * c.fps)
        typer.echo(f"{c.name:28} {c.shape:8} {len(c.moves)} moves  {frames} frames  {c.background}")


if __name__ == "__main__":
    app()
