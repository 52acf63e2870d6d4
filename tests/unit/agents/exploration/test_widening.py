"""A network that sees builds is the one without them, and some columns more."""

from dataclasses import replace

import numpy as np
import torch

from jimbot_stream.agents.checkpoint import from_bytes
from jimbot_stream.agents.exploration.widening import LAYERS, narrowed, shapes, widened
from jimbot_stream.agents.network import CandidateNetwork, owners_of


def test_the_way_back_leads_to_the_same_bytes(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    wide = widened(read, 4, {})
    assert wide.shape.features == read.shape.features + 4
    back, kept = narrowed(wide, 4)
    assert replace(back, extra={}).to_bytes() == checkpoint
    assert {name: value.shape for name, value in kept.items()} == shapes(read, 4)
    assert not any(value.any() for value in kept.values())


def test_what_was_kept_comes_back(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    drawn = np.random.Generator(np.random.Philox(key=1))
    kept = {
        name: drawn.normal(size=shape).astype(np.float32) for name, shape in shapes(read, 4).items()
    }
    wide = widened(read, 4, kept)
    for layer in LAYERS:
        assert wide.module[layer][:, -4:].tolist() == kept[f"builds.module.{layer}"].tolist()
    _, again = narrowed(wide, 4)
    assert {name: value.tobytes() for name, value in again.items()} == {
        name: value.tobytes() for name, value in kept.items()
    }


def test_at_first_a_build_has_no_say(checkpoint: bytes) -> None:
    read = from_bytes(checkpoint)
    wide = widened(read, 4, {})
    drawn = torch.Generator().manual_seed(1)
    features = torch.rand((3, read.shape.features), generator=drawn)
    rows = torch.rand((7, read.shape.candidate_features), generator=drawn)
    owners = owners_of(torch.tensor([2, 3, 7]))
    narrow, broad = (CandidateNetwork(each.shape, each.module) for each in (read, wide))
    told = torch.cat((features, torch.eye(4)[:3]), dim=1)
    with torch.inference_mode():
        assert torch.allclose(
            narrow.logits(features, rows, owners), broad.logits(told, rows, owners), atol=1e-6
        )
        assert torch.allclose(narrow.state_value(features), broad.state_value(told), atol=1e-6)
