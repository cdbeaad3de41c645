"""Where results go: names, leave to overwrite, whole files, and devices that are written into."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from patience import PATIENCE_S

from mirror.faults import BadInput
from mirror.report.output import check_writable, is_stream, targets, write_whole


def test_one_input_writes_the_file_that_was_named(tmp_path: Path) -> None:
    assert targets(tmp_path / "out.json", [Path("clip.mp4")], ".json") == [tmp_path / "out.json"]


def test_one_input_and_a_folder_writes_into_it(tmp_path: Path) -> None:
    assert targets(tmp_path, [Path("a/clip.mp4")], ".json") == [tmp_path / "clip.json"]


def test_several_inputs_write_files_of_their_names_into_a_folder(tmp_path: Path) -> None:
    new = tmp_path / "new"
    inputs = [Path("a/one.mp4"), Path("b/two.npz")]
    assert targets(new, inputs, ".csv") == [new / "one.csv", new / "two.csv"]


def test_several_inputs_and_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_text("{}")
    with pytest.raises(BadInput, match="must name a folder"):
        targets(tmp_path / "out.json", [Path("one.mp4"), Path("two.mp4")], ".json")


def test_two_inputs_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="same name"):
        targets(tmp_path, [Path("a/clip.mp4"), Path("b/clip.mp4")], ".json")


def test_an_existing_file_needs_leave(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("old")
    with pytest.raises(BadInput, match="say --yes"):
        check_writable([old], [], overwrite=False)
    check_writable([old], [], overwrite=True)
    assert old.read_text() == "old"


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_input_is_never_overwritten(tmp_path: Path, overwrite: bool) -> None:
    clip = tmp_path / "clip.npz"
    clip.write_text("recording")
    link = tmp_path / "link.npz"
    link.symlink_to(clip)
    for path in (clip, link, tmp_path / "x" / ".." / "clip.npz"):
        with pytest.raises(BadInput, match="is an input"):
            check_writable([path], [clip], overwrite)


def test_two_outputs_into_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="same file"):
        check_writable([tmp_path / "out", tmp_path / "." / "out"], [], overwrite=True)


def test_folders_that_are_missing_are_made_and_impossible_ones_refused(tmp_path: Path) -> None:
    check_writable([tmp_path / "new" / "deep" / "out.json"], [], overwrite=False)
    assert (tmp_path / "new" / "deep").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be made"):
        check_writable([tmp_path / "file" / "out.json"], [], overwrite=False)


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("old")
    write_whole(out, "new ●\n")
    assert out.read_text("utf-8") == "new ●\n"
    assert list(tmp_path.iterdir()) == [out]


def test_when_writing_fails_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.json"
    out.write_text("old")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BadInput, match=r"out\.json cannot be written: No space left on device"):
        write_whole(out, "new")
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_behind_a_link_the_file_it_points_to_is_written(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert is_stream(pipe)
    check_writable([pipe], [], overwrite=False)  # nothing there that could be lost
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    write_whole(pipe, "through")
    reader.join(PATIENCE_S)
    assert got == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_device_is_told_in_a_line() -> None:
    assert is_stream(Path("/dev/full"))  # else the next line would put a file in its place
    with pytest.raises(BadInput, match="/dev/full cannot be written: No space left on device"):
        write_whole(Path("/dev/full"), "x" * 10)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
