"""The page: what is on it, and which part asks which function. Gradio is imported when it is built.

Everything a visitor asks for stands in one line that serves one at a time, so that two visitors need no more
memory than one. Nothing on the page comes from another machine.
"""

from __future__ import annotations

import html
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineart.catalogue.obstacle import obstacle
from lineart.catalogue.store import list_models
from lineart.errors import InputError
from lineart.extract.outputs import FORMATS, format_named
from lineart.extract.style import Style
from lineart.pictures.images import READABLE
from lineart.web.desk import Desk, hex_of, style_of
from lineart.web.readings import Reading

if TYPE_CHECKING:
    import gradio as gr
    from gradio.blocks import Block

EXAMPLES = Path(__file__).parent / "examples"
FORGET_AFTER = 6 * 3600  # seconds after which a picture is deleted, a closed page's after one hour
HEIGHT = 510  # pixels of the picture; with all around it, it fits the screen of a laptop
ONE_LINE = {"concurrency_limit": 1, "concurrency_id": "pictures", "trigger_mode": "always_last"}
WELCOME = "Drop a picture, or take an example. It stays on this machine."
# While a new file is being made, the button must not hand out the old one.
WAIT = "() => ({__type__: 'update', interactive: false})"
LOOK = (
    f"#slider {{min-height: {HEIGHT}px}}"
    + """
.gradio-container {width: 100% !important; max-width: 1320px !important; margin: 0 auto}
#status {min-height: 1.6em} #status .bad {color: #c0392b; font-weight: 600}
#examples img {height: 88px; width: 88px; object-fit: contain; background: white}
"""
)


def build(desk: Desk, model: str) -> gr.Blocks:
    """The page of a desk, ready to be launched.

    Args:
        desk: reads the pictures and styles them.
        model: name or path of the model that is chosen at first.
    """
    import gradio as gr

    extract, restyle = answers_of(desk)
    names = [card.name for card in list_models() if not obstacle(card)]
    names = names if model in names else [model, *names]
    forms = [(f"{name}: {form.about}", name) for name, form in FORMATS.items()]
    examples = sorted(path for path in EXAMPLES.glob("*") if path.suffix in READABLE)
    with gr.Blocks(
        title="Line art", analytics_enabled=False, delete_cache=(600, FORGET_AFTER)
    ) as page:
        kept = gr.State(None, time_to_live=FORGET_AFTER, delete_callback=desk.forget)
        with gr.Row():
            with gr.Column(scale=1, min_width=320):
                file = gr.File(label=f"Picture, {desk.limits}", height=130)
                name = gr.Dropdown(names, value=model, label="Model")
                ground = gr.ColorPicker("#ffffff", label="Background, under transparency")
                form = gr.Dropdown(forms, value="png", label="Format")
                with gr.Row():
                    ink = gr.ColorPicker("#000000", label="Ink", min_width=100)
                    binary = gr.Checkbox(label="Binary", info="no grey", min_width=100)
                with gr.Row():
                    paper = gr.ColorPicker("#ffffff", label="Paper, of png", min_width=100)
                    own = gr.Checkbox(label="Own ink", info="the picture's colours", min_width=100)
                weight = gr.Slider(-6, 6, 0, step=0.5, label="Weight, thinner to bolder")
                detail = gr.Slider(-4, 4, 0, step=0.25, label="Detail, less to more")
                clean = gr.Slider(0, 200, 0, step=1, label="Clean, smallest speck")
                close = gr.Slider(0, 16, 0, step=1, label="Close, widest gap in a line")
            with gr.Column(scale=3):
                slider = gr.ImageSlider(
                    label="Before and after",
                    height=HEIGHT,
                    max_height=HEIGHT,
                    buttons=["fullscreen"],
                    interactive=False,
                    elem_id="slider",
                )
                with gr.Row():
                    with gr.Column(scale=3):
                        status = gr.HTML(sentence(WELCOME), elem_id="status")
                    with gr.Column(scale=2, min_width=200):
                        download = gr.DownloadButton(
                            "Download", interactive=False, variant="primary", size="md"
                        )
                if examples:
                    shelf = gr.Dataset(
                        label="Examples",
                        components=["image"],
                        samples=[[str(path)] for path in examples],
                        type="index",
                        elem_id="examples",
                    )
                    shelf.click(
                        lambda index: str(examples[index]), shelf, file, api_visibility="private"
                    )
        knobs: list[Any] = [form, ink, weight, detail, clean, binary, close, own, paper]
        answers = [slider, download, status]
        read_anew = [file.change, name.change, ground.change]
        gr.on(read_anew, None, None, download, js=WAIT)
        gr.on(
            read_anew,
            extract,
            [kept, file, name, ground, *knobs],
            [kept, *answers],
            api_name="extract",
            show_progress_on=slider,
            **ONE_LINE,
        )
        turned = [knob.change for knob in knobs]
        gr.on(turned, None, None, download, js=WAIT)
        gr.on(
            turned,
            restyle,
            [kept, *knobs],
            answers,
            api_visibility="private",
            show_progress="hidden",
            **ONE_LINE,
        )
    for block in page.blocks.values():
        fetch_nothing(block)
    return page


def answers_of(desk: Desk) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What the page asks: to read a file, and to give what was read another look."""
    import gradio as gr

    def waiting(text: str, bad: bool = False) -> tuple[Any, ...]:
        return (
            None,
            gr.DownloadButton("Download", value=None, interactive=False),
            sentence(text, bad),
        )

    def restyle(reading: Reading | None, format: str, *knobs: Any) -> tuple[Any, ...]:
        if reading is None:
            return waiting(WELCOME)
        try:
            style = style_of(*knobs)
            if not format_named(format).paper:
                style = replace(style, paper=Style.paper)
            made = desk.style(reading, format, style)
        except InputError as error:
            return waiting(str(error), bad=True)
        offer = gr.DownloadButton(f"Download {made.file.name}", value=made.file, interactive=True)
        return (reading.before, made.after), offer, sentence(reading.about)

    def extract(
        reading: Reading | None,
        file: str | None,
        model: str,
        background: str,
        format: str,
        ink: str,
        weight: float,
        detail: float,
        clean: float,
        binary: bool,
        close: float = 0,
        own: bool = False,
        paper: str | None = None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - where Gradio looks for it
    ) -> tuple[Any, ...]:
        desk.forget(reading)
        if file is None:
            return None, *waiting(WELCOME)
        try:
            reading = desk.read(
                Path(file),
                model,
                lambda *done: progress(done, desc="Reading"),
                hex_of(background or "white"),
            )
        except InputError as error:
            return None, *waiting(str(error), bad=True)
        knobs = (ink, weight, detail, clean, binary, close, own, paper)
        return reading, *restyle(reading, format, *knobs)

    return extract, restyle


def sentence(text: str, bad: bool = False) -> str:
    """A line for the page, whatever characters a file's name has."""
    return f'<span class="{"bad" if bad else "good"}">{html.escape(text)}</span>'


def fetch_nothing(block: Block) -> None:
    """Let a part of the page take what was uploaded, and no address that a program sends for Gradio to fetch.

    It is done to the instance: of a class derived from a component Gradio writes a stub beside the source.
    Gradio's other way to fetch is shut by :class:`lineart.web.command.NothingFromElsewhere`.
    """
    import gradio as gr

    take = block.async_move_resource_to_block_cache

    async def take_upload(place: str | Path | None) -> str | None:
        if "://" in str(place):
            raise gr.Error("An address came; upload the file itself.", print_exception=False)
        if place is not None and not os.path.isfile(place):  # Gradio's clean-up dies of a folder
            raise gr.Error("No file came; upload one.", print_exception=False)
        return await take(place)

    setattr(block, take.__name__, take_upload)
