import sys

from ledger.cli.progress import bar


class Terminal:
    """Standard error as a person's terminal."""

    def __init__(self):
        self.said = ""

    def write(self, text):
        self.said += text
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return True


def test_nobody_watches(capsys):
    with bar("messages") as progress:
        assert progress is None
    assert capsys.readouterr().err == ""


def test_a_person_watches(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with bar("messages") as progress:
        assert progress
        progress(3, 7)
    assert "3/7" in terminal.said
