"""The tool as a page in the browser (`lineart demo`), with Gradio, the extra ``web``.

A picture goes in as the file that was uploaded, is read once, and is styled anew as often as a knob is
turned. What comes out is what the command line writes for the same file, to the byte.
"""
