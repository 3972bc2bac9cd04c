"""The command: what is refused at the door, and that nothing but the command needs Gradio."""

import socket
import subprocess
import sys

import pytest

from lineart.errors import InputError
from lineart.web import command
from lineart.web.command import free_port, main


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} of 127.0.0.1 is taken.*--port 0"):
            main(["--port", str(port), "--model", "canny"])
    assert free_port("127.0.0.1", port) == port


def test_any_port_is_found_for_0() -> None:
    assert 1024 <= free_port("127.0.0.1", 0) <= 65535


@pytest.mark.parametrize("host", ["192.0.2.1", "::1"])  # of a documentation network; IPv6
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(InputError, match=f"{host} is no IPv4 address of this machine"):
        main(["--host", host, "--model", "canny"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "65536"], "--port is 65536"),
        (["--model", "cany"], "Did you mean 'canny'"),
        (["--megapixels", "81"], "megapixels is 81"),
        (["--megabytes", "0"], "megabytes is 0"),
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        main(arguments)


def test_without_gradio_one_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "installed", lambda library: library != "gradio")
    with pytest.raises(InputError, match=r"pip install 'lineart\[web\]'"):
        main(["--model", "canny"])


def test_no_module_needs_gradio_to_be_imported() -> None:
    program = (
        "import sys; sys.modules['gradio'] = None\n"
        "import lineart.web.command, lineart.web.desk, lineart.web.page\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
