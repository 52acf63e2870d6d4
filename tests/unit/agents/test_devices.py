"""A GPU is taken where torch sees one; equal results are promised within its class."""

import json
import os
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch

from jimbot_stream.agents import devices
from jimbot_stream.agents.devices import (
    CPU,
    WORKSPACE,
    DeviceError,
    class_of,
    device_named,
    device_told,
    environment_of,
    exact,
    gpus,
)
from jimbot_stream.agents.machine import environment
from jimbot_stream.replay.blame import blame

CARD = "cuda-12.8/NVIDIA-GeForce-RTX-3090/sm86"


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose torch sees a GPU; nothing is computed on it."""
    card = SimpleNamespace(name="NVIDIA GeForce RTX 3090", major=8, minor=6)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: card)
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    yield
    os.environ.pop("CUBLAS_WORKSPACE_CONFIG", None)  # which choosing the GPU has set


@pytest.mark.usefixtures("no_gpu")
def test_without_a_gpu_the_cpu_computes() -> None:
    assert device_named("auto") == device_named("cpu") == CPU
    assert gpus(CPU) == 0
    assert environment_of(CPU) == environment()


@pytest.mark.usefixtures("no_gpu")
def test_a_gpu_that_is_not_there_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(DeviceError, match=r"CUDA_VISIBLE_DEVICES=''.*--device cpu"):
        device_named("cuda")


def test_a_device_of_another_kind_is_refused() -> None:
    with pytest.raises(DeviceError, match="no device 'tpu': there are auto, cpu, cuda"):
        device_named("tpu")


@pytest.mark.usefixtures("gpu")
def test_a_gpu_is_taken_and_told_to_be_exact() -> None:
    found = device_named("auto")
    assert found == device_named("cuda") == torch.device("cuda", 0)
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == WORKSPACE
    assert gpus(found) == 1
    assert device_named("cpu") == CPU


@pytest.mark.usefixtures("gpu")
def test_the_record_tells_the_class_of_the_gpu() -> None:
    found = device_named("auto")
    assert class_of(found) == CARD
    assert environment_of(found) == environment() | {"device": CARD}
    assert device_told(json.dumps(environment_of(found))) == found


@pytest.mark.usefixtures("gpu")
def test_what_another_class_computed_is_repeated_on_the_cpu() -> None:
    assert device_told(json.dumps({"device": CARD.replace("3090", "4090")})) == CPU
    assert device_told(json.dumps(environment())) == CPU


@pytest.mark.parametrize("text", ["", "[]", "{", '{"device": ""}', '{"device": 3}', "null"])
def test_a_record_that_was_forged_names_no_device(text: str) -> None:
    assert device_told(text) == CPU


@pytest.mark.usefixtures("no_gpu")
def test_a_replay_elsewhere_blames_the_device() -> None:
    cause, why = blame(json.dumps(environment() | {"device": CARD}), "weights")
    assert cause == "environment"
    assert why.startswith(f"device was {CARD}, here the CPU. ")
    assert "verify it with a GPU of that class, with torch built for its CUDA (" in why


@pytest.mark.usefixtures("no_gpu")
def test_a_replay_elsewhere_says_what_it_wants_of_a_machine() -> None:
    other = {"compute_class": "AuthenticAMD/AVX2/…", "torch": "2.0.0"}
    cause, why = blame(json.dumps(environment() | other), "weights")
    assert cause == "environment"
    assert f"torch was 2.0.0, here {torch.__version__.split('+')[0]}" in why
    assert "verify it with a processor of that class and those versions (" in why


@pytest.mark.parametrize("text", ["", "[]", "null", "{"])
def test_a_forged_environment_is_no_excuse(text: str) -> None:
    assert blame(text, "weights") == ("weights", "")


@pytest.mark.usefixtures("gpu")
def test_on_a_gpu_only_exact_operations_are_allowed() -> None:
    found = device_named("auto")
    assert not torch.are_deterministic_algorithms_enabled()
    with exact(found):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.get_num_threads() == 1
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.usefixtures("gpu")
def test_a_gpu_told_to_be_quick_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":0:0")
    with pytest.raises(DeviceError, match="CUBLAS_WORKSPACE_CONFIG"), exact(device_named("cuda")):
        pass


def test_the_cpu_computes_with_one_thread() -> None:
    threads = torch.get_num_threads()
    with devices.exact(CPU):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == threads
