"""What is written for other programs gives what the checkpoint gives."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from click.testing import CliRunner
from numpy.typing import NDArray
from torch import Tensor

from jimbot_stream.agents.checkpoint import CheckpointError, QHead, from_bytes, sha256
from jimbot_stream.agents.cli import main
from jimbot_stream.agents.export import INPUTS, OUTPUTS, ExportError, write
from jimbot_stream.agents.network import CandidateNetwork, owners_of
from jimbot_stream.balatro import wire
from jimbot_stream.checkpoints import BlobStore

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
Arrays = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]
COUNTS = ([3], [1, 1], [4, 1, 7, 2], [40] * 9)


def states(counts: list[int]) -> Arrays:
    """States with so many candidates each."""
    drawn = np.random.Generator(np.random.Philox(key=sum(counts)))
    features = drawn.random((len(counts), wire.FEATURES), dtype=np.float32)
    rows = drawn.random((sum(counts), wire.CANDIDATE_FEATURES), dtype=np.float32)
    return features, rows, np.cumsum(counts)


def expected(network: CandidateNetwork, told: Arrays) -> tuple[Tensor, Tensor]:
    features, rows, ends = (torch.from_numpy(each) for each in told)
    with torch.inference_mode():
        return network.logits(features, rows, owners_of(ends)), network.state_value(features)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, checkpoint: bytes) -> Path:
    """Both formats, written once."""
    there = tmp_path_factory.mktemp("exported") / "new"
    write(checkpoint, "torchscript", there / "policy.pt")
    write(checkpoint, "onnx", there / "policy.onnx")
    return there


@pytest.mark.parametrize("counts", COUNTS)
def test_torchscript_gives_what_the_checkpoint_gives(
    folder: Path, network: CandidateNetwork, counts: list[int]
) -> None:
    told = states(counts)
    module = torch.jit.load(str(folder / "policy.pt"))  # type: ignore[no-untyped-call]  # torch's
    got = module(*(torch.from_numpy(each) for each in told))
    for ours, theirs in zip(expected(network, told), got, strict=True):
        torch.testing.assert_close(theirs, ours, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("counts", COUNTS)
def test_onnx_gives_what_the_checkpoint_gives(
    folder: Path, network: CandidateNetwork, counts: list[int]
) -> None:
    told = states(counts)
    session = onnxruntime.InferenceSession(folder / "policy.onnx")
    assert tuple(each.name for each in session.get_inputs()) == INPUTS
    got = session.run(OUTPUTS, dict(zip(INPUTS, told, strict=True)))
    for ours, theirs in zip(expected(network, told), got, strict=True):
        np.testing.assert_allclose(theirs, ours.numpy(), rtol=1e-5, atol=1e-6)


def test_estimates_of_q_become_logits(tmp_path: Path, checkpoint: bytes) -> None:
    cool = replace(from_bytes(checkpoint), q=QHead(0.25)).to_bytes()
    write(cool, "torchscript", tmp_path / "cool.pt")
    write(checkpoint, "torchscript", tmp_path / "plain.pt")
    told = [torch.from_numpy(each) for each in states([5, 2])]
    loaded = [torch.jit.load(str(tmp_path / f"{name}.pt")) for name in ("cool", "plain")]  # type: ignore[no-untyped-call]  # torch's
    cooled, plain = (module(*told)[0] for module in loaded)
    torch.testing.assert_close(cooled, plain / 0.25)


def test_an_unknown_format_is_refused(tmp_path: Path, checkpoint: bytes) -> None:
    with pytest.raises(ExportError, match="'gguf': give torchscript or onnx"):
        write(checkpoint, "gguf", tmp_path / "policy")


def test_without_the_packages_of_onnx_it_says_what_to_install(
    tmp_path: Path, checkpoint: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ExportError, match=r"pip install 'jimbot-stream\[onnx\]'"):
        write(checkpoint, "onnx", tmp_path / "policy.onnx")
    assert not (tmp_path / "policy.onnx").exists()


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        write(b"JIMBOT", "torchscript", tmp_path / "policy.pt")


def test_the_command_takes_the_first_letters(
    tmp_path: Path, checkpoint: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIMBOT_DATA", str(tmp_path))
    name = BlobStore(tmp_path / "blobs").put(checkpoint)
    assert name == sha256(checkpoint)
    out = str(tmp_path / "policy.pt")
    arguments = ["export", name[:6], "--format", "torchscript", "--out", out]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.output) == (0, f"{name} written to {out}\n")
    assert Path(out).stat().st_size > 0
    missing = CliRunner().invoke(main, ["export", "0000", *arguments[2:]])
    assert missing.exit_code == 1
    assert "no checkpoint in" in missing.stderr
