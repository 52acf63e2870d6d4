"""By which reward and discount values are counted."""

import pytest

from jimbot_stream.agents.checkpoint import canonical_json
from jimbot_stream.agents.ppo.config import UpdateConfig
from jimbot_stream.contracts import RunStarted
from jimbot_stream.replay.bundle import Bundle
from jimbot_stream.replay.whatif.terms import GAMMA, REWARD, Configurations
from tests.support.lineages import event
from tests.support.tiny_runs import CONFIG, REMEMBERING


async def told(**configs: str) -> Configurations:
    events = [
        event(f"trainingRun-{run}", 0, RunStarted(run_id=run, checkpoint=run, config_json=text))
        for run, text in configs.items()
    ]
    return await Configurations.read(Bundle(events))


async def test_every_algorithm_tells_its_discount() -> None:
    found = await told(
        ppo=UpdateConfig(gamma=0.7).to_json(), play=CONFIG.to_json(), dqn=REMEMBERING.to_json()
    )

    assert found.of({"ppo"}).gamma == 0.7
    assert found.of({"play"}).gamma == CONFIG.ppo.gamma
    assert found.of({"dqn"}).gamma == REMEMBERING.dqn.gamma
    assert {found.of({run}).reward for run in ("ppo", "play", "dqn")} == {"progress-1"}


async def test_without_a_run_what_a_game_brings_counts_as_it_is() -> None:
    found = (await told()).of({"nobody's"})

    assert (found.reward, found.gamma) == (REWARD, GAMMA)


async def test_games_of_other_discounts_are_not_added_up() -> None:
    found = await told(one=canonical_json({"gamma": 0.5}), two=canonical_json({"gamma": 0.6}))

    with pytest.raises(ValueError, match="--gamma"):
        found.of({"one", "two"})
    assert found.of({"one", "two"}, gamma=0.9).gamma == 0.9
    assert "as given" in found.of({"one"}, gamma=0.9).source


@pytest.mark.parametrize("text", ["", "[]", "{", '{"gamma":"much"}', '{"gamma":true}'])
async def test_a_configuration_that_tells_nothing_is_as_none(text: str) -> None:
    assert (await told(odd=text)).of({"odd"}).gamma == GAMMA
