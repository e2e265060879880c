"""The demo must fail loudly: a story that shows something wrong is worse than none."""

import os

import pytest

from scripts import stage, story


@pytest.fixture
def homes(monkeypatch):
    """Homes that the demo used."""
    monkeypatch.setenv("PASSAVANT_HOME", "unset by the demo")
    return []


def test_a_wrong_claim_ends_it(homes, monkeypatch, capsys):
    def tell(home):
        homes.append(home)
        assert os.environ["PASSAVANT_HOME"] == str(home)
        stage.expect(home.exists(), "there is a home")
        stage.expect([], "there are differences")

    monkeypatch.setattr(story, "tell", tell)
    assert story.main() == 1
    assert "demo: this is not so: there are differences" in capsys.readouterr().err
    assert not homes[0].exists()


def test_a_right_story_ends_well(homes, monkeypatch, capsys):
    monkeypatch.setattr(story, "tell", homes.append)
    assert story.main() == 0
    assert "Everything told above was checked" in capsys.readouterr().out
    assert not homes[0].exists()


def test_a_command_that_ends_otherwise_is_a_wrong_claim(tmp_path, monkeypatch):
    monkeypatch.setenv("PASSAVANT_HOME", str(tmp_path))
    with pytest.raises(stage.WrongStory, match="no home of Passavant"):
        stage.Stage(tmp_path).run("status", "X")
    assert stage.Stage(tmp_path).run("status", "X", code=2)["error"] == "HomeError"
